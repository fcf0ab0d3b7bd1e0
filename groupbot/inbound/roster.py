"""Compare member lists with the store, so that whoever came or went while the bot was away is found."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass

from loguru import logger

from groupbot.chat.directory import Directory
from groupbot.core.events import AnyEvent, MembersJoined, MembersLeft, RosterRead
from groupbot.tracking.ports import Roster
from groupbot.tracking.roster import Differences, Reading, compare


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterStage:
    """Turn a RosterRead into found-late joins and leaves; everything else passes.

    The first reading of a group is its baseline: who is there has not joined. `emit` puts the derived events into the
    pipeline; the recorder, which moves the seats, sees them like any other. `has_stable_ids`: whether an account's
    member ids mean the same across logins; where they don't, each reading is a baseline.
    """

    roster: Roster
    directory: Directory
    emit: Callable[[AnyEvent], None]
    ours: Container[str] = frozenset()
    has_stable_ids: Callable[[str], bool] = lambda _account: True
    name: str = "roster"
    limit_s: float = 30.0

    async def handle(self, event: AnyEvent) -> None:
        """Compare one reading. Raises StoreError; the next reading then finds the same differences."""
        if not isinstance(event, RosterRead):
            return
        group = self.directory.name_of(event.account, event.group)
        log = logger.bind(account=event.account, group=group)
        stored = await self.roster.read(group)
        members = tuple(person for person in event.members if person.id not in self.ours)
        if not event.members and stored.present:
            log.bind(action="roster-empty").warning("A member list came empty and is not believed")
            return
        baseline = stored.read_at is None or not self.has_stable_ids(event.account)
        reading = Reading(
            account=event.account,
            group=group,
            topic=event.topic,
            at=event.at,
            members=members,
            baseline=baseline,
            rank=event.rank,
        )
        await self.roster.apply(reading, stored)
        if not baseline:
            found = compare(stored, event.members, event.at, self.ours)
            log.bind(joined=len(found.joined), left=len(found.left)).debug("Member list compared")
            for derived in _derived(event, group, found):
                self.emit(derived)


def _derived(event: RosterRead, group: str, found: Differences) -> list[AnyEvent]:
    """Return what `found` tells, with ids that the same reading gives again when it is delivered again."""
    derived: list[AnyEvent] = []
    if found.joined:
        derived.append(
            MembersJoined(
                account=event.account,
                event_id=f"late-join:{group}:{event.event_id}",
                at=event.at,
                group=event.group,
                members=found.joined,
                found_late=True,
            )
        )
    if found.left:
        derived.append(
            MembersLeft(
                account=event.account,
                event_id=f"late-leave:{group}:{event.event_id}",
                at=event.at,
                group=event.group,
                members=found.left,
                found_late=True,
            )
        )
    return derived
