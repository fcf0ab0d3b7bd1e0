"""Tell a person of a group that an order made, with the lines that config.toml needs for it."""

from __future__ import annotations

import json
from datetime import datetime

from groupbot.chat.adapter import Receipt
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.actions import CreateGroup
from groupbot.delivery.values import Candidate
from groupbot.i18n import _


class NewGroups:
    """A hook of the dispatcher's: `posted` after each part."""

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts

    async def posted(self, candidate: Candidate, receipt: Receipt, at: datetime) -> None:  # noqa: ARG002 - the hook's own
        """Tell of a group that was made; everything else passes by."""
        content = candidate.part.content
        if not isinstance(content, CreateGroup):
            return
        fields = {"account": candidate.account, "delivery": candidate.address}
        if receipt.message_id is None:
            text = _("{account} made the group {topic}; the platform did not tell its id. See `groupbot groups list`.")
            text = text.format(account=candidate.account, topic=content.topic)
        else:
            fields["group"] = receipt.message_id
            text = _("{account} made the group {topic}. Paste this into config.toml:\n{block}").format(
                account=candidate.account,
                topic=content.topic,
                block=config_block(content.topic, candidate.account, receipt.message_id),
            )
        await self._alerts.send(Alert(severity=Severity.WARNING, code="group-made", text=text, fields=fields))


def config_block(name: str, account: str, chat_id: str) -> str:
    """Return the [[groups]] block of a group; its name has no comma and no slash, as config.toml wants it."""
    fit = name.replace(",", " ").replace("/", " ").replace("\n", " ").strip() or chat_id
    values = {"name": fit, "account": account, "id": chat_id}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(["[[groups]]", *lines])
