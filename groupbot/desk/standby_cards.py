"""The card that asks whether an account takes back what others were to post for it: that is a person's decision."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.admin.audit import AuditEntry, AuditLog, Result
from groupbot.admin.cards import Card, CardKind, CardKinds, CardOption, Cards, NewCard
from groupbot.admin.places import Places
from groupbot.admin.rights import Actor
from groupbot.campaign.standby import Handovers
from groupbot.core.clock import Clock
from groupbot.core.roles import Role
from groupbot.i18n import _, ngettext

KIND = "standby-back"
_BACK, _LEAVE = "back", "leave"


class BackCards:
    """Ask in the admin group. `poke`: lets all accounts look at once."""

    def __init__(
        self,
        *,
        store: Handovers,
        cards: Cards,
        kinds: CardKinds,
        places: Places,
        audit: AuditLog,
        clock: Clock,
        poke: Callable[[], None],
    ) -> None:
        self._store = store
        self._cards = cards
        self._places = places
        self._audit = audit
        self._clock = clock
        self._poke = poke
        kinds.register(KIND, CardKind(answer=self._answer))

    async def look(self, account: str) -> None:
        """Ask about what others have of `account`, which can post again; a question without an object is withdrawn."""
        count = await self._store.away(account)
        place = self._places.admin_group()
        is_asked = any(card.subject == account for card in await self._cards.open_of(KIND))
        if is_asked and not count:
            await self._cards.withdraw(KIND, account)
        elif count and not is_asked and place is not None:
            options = (
                CardOption(digit=1, label=_("Give them back"), choice=_BACK),
                CardOption(digit=2, label=_("Leave them there"), choice=_LEAVE),
            )
            text = ngettext(
                "{account} can post again. {n} planned post of its own is with another account.",
                "{account} can post again. {n} planned posts of its own are with other accounts.",
                count,
            ).format(account=account, n=count)
            card = NewCard(kind=KIND, subject=account, place=place, text=text, options=options, role=Role.OPERATOR)
            await self._cards.open(card)

    async def _answer(self, card: Card, choice: str, actor: Actor) -> str:
        account = card.subject
        is_back = choice == _BACK
        count = await (self._store.give_back(account) if is_back else self._store.leave_there(account))
        self._poke()
        await self._audit.write(
            AuditEntry(
                at=self._clock.now(),
                actor=actor.name,
                role=actor.role.name.lower(),
                account=account,
                place=card.place_key,
                action="standby/back" if is_back else "standby/leave",
                result=Result.DONE,
                detail=str(count),
            )
        )
        if not is_back:
            return _("They stay where they are.")
        return ngettext("{account} has {n} post back.", "{account} has {n} posts back.", count).format(
            account=account, n=count
        )
