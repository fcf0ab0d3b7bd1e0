"""Answering requests that were recorded and not answered: the daemon died in between, or the rule is new."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from groupbot.inbound.friends import FriendStage
from groupbot.inbound.invitations import InvitationStage
from groupbot.tracking.facts import FactKind, StoredFact
from groupbot.tracking.ports import FactQuery

REQUESTS_LAST = timedelta(days=7)
"""How far back requests are looked at: as long as an order to accept one may wait."""
_KINDS = frozenset({FactKind.FRIEND_REQUEST, FactKind.FRIEND, FactKind.INVITATION})


class Finding(Protocol):
    """Where facts are found."""

    async def find(self, query: FactQuery) -> tuple[StoredFact, ...]:
        """Return facts by (at, id)."""
        ...


async def catch_up(facts: Finding, friends: FriendStage, invitations: InvitationStage, now: datetime) -> None:
    """Let both stages see what was recorded lately, but for those who have become contacts since.

    Raises StoreError; the next call finds the same.
    """
    if friends.rule.accept == "never" and invitations.rule.accept == "never":
        return
    found = await facts.find(FactQuery(kinds=_KINDS, since=now - REQUESTS_LAST))
    contacts = {(stored.fact.account, stored.fact.member) for stored in found if stored.fact.kind is FactKind.FRIEND}
    for fact in (stored.fact for stored in found):
        if fact.kind is FactKind.INVITATION:
            await invitations.catch_up(fact)
        elif fact.kind is FactKind.FRIEND_REQUEST and (fact.account, fact.member) not in contacts:
            await friends.catch_up(fact)
