"""Who becomes a contact by a poster's word is invited into the group with room, once; their channel is noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from groupbot.campaign.one_off import Order
from groupbot.core.actions import AddMembers
from groupbot.core.events import FriendAdded, FriendRequested, Person
from groupbot.inbound.friend_first import FriendFirstStage
from groupbot.settings import Settings
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON
from groupbot.tracking.facts import FactKind, StoredFact, facts_of
from groupbot.tracking.ports import FactQuery
from tests.unit.delivery.bench import Inbox
from tests.unit.inbound.conftest import GROUPS


def settings(accept: str = "code", **pool) -> Settings:
    return Settings.model_validate(
        {
            "accounts": [{"name": "main", "adapter": "console"}],
            "groups": [{"name": name, "account": "main", "id": name} for name in ("g1", "g2", "g3")],
            "friends": {"accept": accept, "codes": ["666"]},
            "channels": [{"name": "moments", "greetings": ["蓝海"]}, {"name": "offline", "greetings": ["线下"]}],
            "pools": [
                {"name": "camp", "groups": ["g1", "g2"], "invite_friends": True} | pool,
                {"name": "tea", "groups": ["g3"], "invite_friends": True},
            ],
        }
    )


@dataclass
class World:
    """The stage over a book, openings and a desk in memory."""

    rules: Settings = field(default_factory=settings)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    inbox: Inbox = field(default_factory=Inbox)
    facts: list[StoredFact] = field(default_factory=list)
    marks: dict[str, tuple[str, str]] = field(default_factory=dict)
    of_channel: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seats: set[tuple[str, str]] = field(default_factory=set)
    room: dict[str, str] = field(default_factory=lambda: {"camp": "g1", "tea": "g3"})
    orders: list[Order] = field(default_factory=list)
    stage: FriendFirstStage = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.stage = FriendFirstStage(
            settings=lambda: self.rules, book=self, openings=self, desk=self, alerts=self.inbox, clock=self.clock
        )

    async def find(self, query: FactQuery) -> Sequence[StoredFact]:
        return [one for one in self.facts if one.fact.kind in query.kinds and one.fact.at >= query.since]

    async def greeting_of(self, account: str, member: str) -> str | None:
        asked = [one.fact for one in self.facts if one.fact.kind is FactKind.FRIEND_REQUEST]
        found = [fact.text for fact in asked if (fact.account, fact.member) == (account, member)]
        return found[-1] if found else None

    async def mark(self, member: str, channel: str, *, at: datetime, key: str) -> bool:
        new = key not in self.marks
        self.marks.setdefault(key, (member, channel))
        return new

    async def pools_of(self, channel: str) -> Sequence[str]:
        return self.of_channel.get(channel, ())

    async def is_in(self, member: str, groups: Sequence[str]) -> bool:
        return any((member, group) in self.seats for group in groups)

    async def group_for(self, pool: str, account: str) -> str | None:
        return self.room.get(pool) if account == "main" else None

    async def submit(self, order: Order) -> bool:
        new = order.key not in [known.key for known in self.orders]
        self.orders += [order] if new else []
        return new

    async def happen(self, *events, heard: bool = True) -> None:
        """Record events; the stage hears them unless the daemon died in between."""
        for event in events:
            for fact in facts_of(event, GROUPS):
                self.facts.append(StoredFact(id=len(self.facts), recorded_at=event.at, fact=fact))
            if heard:
                await self.stage.handle(event)

    @property
    def invited(self) -> list[tuple[str, str]]:
        return [(order.group, *order.parts[0].content.members) for order in self.orders]


def asks(who: str, greeting: str, account: str = "main") -> FriendRequested:
    return FriendRequested(
        account=account, event_id=f"r-{who}", at=NOON, request_id=f"q-{who}", person=Person(id=who), greeting=greeting
    )


def added(who: str, account: str = "main", days: float = 0) -> FriendAdded:
    at = NOON + timedelta(days=days)
    return FriendAdded(account=account, event_id=f"a-{who}-{account}", at=at, person=Person(id=who))


async def test_a_contact_is_invited_once_and_the_channel_noted() -> None:
    world = World()
    await world.happen(asks("ann", "你好 蓝海"), added("ann"), added("ann"))
    world.restart()
    await world.happen(added("ann"))
    assert world.invited == [("g1", "ann")]
    assert world.orders[0].kind == AddMembers.kind
    assert list(world.marks.values()) == [("ann", "moments")]


@pytest.mark.parametrize(
    ("accept", "events", "invited"),
    [
        ("code", [asks("ann", "666"), added("ann")], ["ann"]),
        ("code", [asks("ann", "hello"), added("ann")], []),  # accepted by hand on the phone
        ("code", [added("ann")], []),  # whom the account itself had asked
        ("all", [asks("ann", "hello"), added("ann")], ["ann"]),
        ("never", [asks("ann", "蓝海"), added("ann")], []),
        ("code", [asks("ann", "蓝海", account="spare"), added("ann")], []),
    ],
)
async def test_only_whose_request_the_rule_accepts_is_invited(accept: str, events: list, invited: list[str]) -> None:
    world = World(rules=settings(accept))
    await world.happen(*events)
    assert [who for _group, who in world.invited] == invited


async def test_a_channels_codes_say_which_pool() -> None:
    world = World(of_channel={"offline": ("elsewhere", "tea")})
    await world.happen(asks("ann", "线下"), added("ann"), asks("bob", "蓝海"), added("bob"))
    assert world.invited == [("g3", "ann"), ("g1", "bob")]


async def test_a_pool_that_wants_nobody_gets_nobody() -> None:
    world = World(rules=settings(invite_friends=False), room={"camp": "g1"})
    await world.happen(asks("ann", "蓝海"), added("ann"))
    assert world.invited == []


async def test_who_is_in_already_gets_no_invitation() -> None:
    world = World(seats={("ann", "g2")})
    await world.happen(asks("ann", "蓝海"), added("ann"))
    assert world.invited == []


async def test_who_finds_no_room_is_invited_when_there_is_and_people_hear_of_it() -> None:
    world = World(room={})
    for n in range(3):
        await world.happen(asks(f"u{n}", "蓝海"), added(f"u{n}"))
    assert world.inbox.codes == ["friend-first-full"]
    assert "camp" in world.inbox.alerts[0].text
    await world.stage.look()
    world.room["tea"] = "g3"
    await world.stage.look()
    assert world.invited == []  # it looks every ten minutes
    world.clock.advance(600)
    await world.stage.look()
    assert world.invited == [("g3", f"u{n}") for n in range(3)]
    assert world.inbox.codes == ["friend-first-full"]


async def test_what_a_dead_daemon_left_is_made_up_for() -> None:
    world = World()
    await world.happen(asks("ann", "蓝海"), added("ann"), heard=False)
    await world.happen(asks("old", "蓝海"), added("old", days=-8), heard=False)
    await world.stage.look()
    assert world.invited == [("g1", "ann")]
    assert ("ann", "moments") in world.marks.values()
