"""Stage: accept invitations into groups from those who may invite; tell a person of the others."""

from __future__ import annotations

from collections.abc import Callable

from loguru import logger

from groupbot.campaign.one_off import Order, order_key
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.actions import AcceptInvitation
from groupbot.core.content import Part
from groupbot.core.events import AnyEvent, GroupInvited
from groupbot.i18n import _
from groupbot.inbound.desk import Desk
from groupbot.settings import InvitationSettings
from groupbot.tracking.facts import Fact


class InvitationStage:
    """Order the acceptance of what `rule` accepts, once for each invitation.

    `has_stable_ids`: whether an account's platform names the same person alike tomorrow; else nobody is known by id.
    """

    name = "invitations"
    limit_s = 30.0

    def __init__(
        self, *, rule: InvitationSettings, desk: Desk, alerts: Alerts, has_stable_ids: Callable[[str], bool]
    ) -> None:
        self.rule = rule
        self._has_stable_ids = has_stable_ids
        self._desk = desk
        self._alerts = alerts

    async def handle(self, event: AnyEvent) -> None:
        """Judge one invitation. Raises StoreError when the order can't be written."""
        if not isinstance(event, GroupInvited):
            return
        if self._accepts(event.account, event.inviter.id):
            await self._accept(event.account, event.invitation_id)
        else:
            await self._tell(event)

    async def catch_up(self, fact: Fact) -> None:
        """Order what was recorded and not ordered: a daemon died in between, or the rule is new. Known keys pass."""
        invitation = fact.extra.get("invitation")
        if invitation and self._accepts(fact.account, fact.member):
            await self._accept(fact.account, invitation)

    async def _accept(self, account: str, invitation_id: str) -> None:
        key = order_key(AcceptInvitation.kind, account, invitation_id)
        part = Part(content=AcceptInvitation(invitation_id=invitation_id))
        if await self._desk.submit(Order(account=account, key=key, parts=(part,))):
            logger.bind(action="invitation-accept", account=account, order=key).info("ordered")

    def _accepts(self, account: str, inviter: str) -> bool:
        by_id = self.rule.accept == "from" and self._has_stable_ids(account)
        return by_id and inviter in self.rule.from_

    async def _tell(self, event: GroupInvited) -> None:
        text = _("{account} was invited into the group {topic} by {inviter} ({id}); no rule accepts it.").format(
            account=event.account,
            topic=event.topic or "—",
            inviter=event.inviter.name or event.inviter.id,
            id=event.inviter.id,
        )
        alert = Alert(severity=Severity.INFO, code="invitation", text=text, fields={"account": event.account})
        await self._alerts.send(alert)
