"""Answering requests that were recorded and not answered: the daemon died in between, or the rule is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from groupbot.inbound.friends import FriendStage
from groupbot.inbound.invitations import InvitationStage
from groupbot.tracking.facts import FactKind, StoredFact
from groupbot.tracking.ports import FactQuery

REQUESTS_LAST = timedelta(days=7)
"""How far back requests are looked at: as long as an order to accept one may wait."""
_NEVER = datetime.min.replace(tzinfo=UTC)
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
    facts_found = [stored.fact for stored in found]
    added = {(fact.account, fact.member): fact.at for fact in facts_found if fact.kind is FactKind.FRIEND}
    for fact in facts_found:
        if fact.kind is FactKind.INVITATION:
            await invitations.catch_up(fact)
        elif fact.kind is FactKind.FRIEND_REQUEST and fact.at > added.get((fact.account, fact.member), _NEVER):
            await friends.catch_up(fact)
