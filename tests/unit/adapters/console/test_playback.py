from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from groupbot.adapters.console.playback import Scorer, VirtualClock, play
from groupbot.adapters.console.scene import Joined, Left, Said
from groupbot.adapters.console.world import World
from groupbot.core.content import Text, fingerprint
from groupbot.core.events import AccountStateChanged, MessageReceived, OwnPost, Person, RosterRead

TEXT = Text(text="今晚打卡接龙")


class Timetable:
    """A stage that posts at given instants and keeps what it is told, with the time of telling."""

    def __init__(self, adapter, clock, dues):
        self.adapter, self.clock, self.dues = adapter, clock, sorted(dues)
        self.ticks, self.told = [], []

    async def tick(self):
        self.ticks.append(self.clock.now())
        while self.dues and self.dues[0] <= self.clock.now():
            self.dues.pop(0)
            await self.adapter.send("g1", TEXT)
        return self.dues[0] if self.dues else None

    async def handle(self, event):
        self.told.append((self.clock.now(), event))


@pytest.fixture
def played(adapter_of, clock, start):
    async def run(dues, *, hours=15, world=True):
        members = World(seed=2, groups=("g1", "g2"), start=start, days=1) if world else None
        adapter = adapter_of(world=members, live=False)
        stage = Timetable(adapter, clock, dues)
        await play(stage=stage, adapter=adapter, clock=clock, until=start + timedelta(hours=hours))
        return stage

    return run


async def test_posts_go_out_at_their_instant_and_all_is_told_in_time(played, start):
    dues = [start + timedelta(hours=4), start + timedelta(hours=12)]
    stage = await played(dues)
    first = [event for _at, event in stage.told[:3]]
    assert isinstance(first[0], AccountStateChanged)
    assert all(isinstance(event, RosterRead) for event in first[1:])
    assert [at for at, event in stage.told if isinstance(event, OwnPost)] == dues
    assert all(event.at == at for at, event in stage.told)
    after = [event for at, event in stage.told if at > dues[1] and isinstance(event, MessageReceived)]
    assert any("打卡" in event.text for event in after)


async def test_time_stops_at_the_end(played, clock, start):
    stage = await played([start + timedelta(hours=3)], hours=2)
    assert clock.now() == start + timedelta(hours=2)
    assert stage.dues


async def test_a_stage_with_nothing_to_do_is_not_asked_again_and_again(played, start):
    stage = await played([], world=False)
    assert stage.ticks == [start, start + timedelta(hours=15)]


async def test_a_stage_that_can_not_proceed_does_not_stop_time(adapter_of, clock, start):
    class Stuck(Timetable):
        async def tick(self):
            await super().tick()
            return start

    adapter = adapter_of()
    stage = Stuck(adapter, clock, [])
    await play(stage=stage, adapter=adapter, clock=clock, until=start + timedelta(seconds=5))
    assert stage.ticks == [start + timedelta(seconds=n) for n in range(6)]


async def test_playing_twice_is_the_same(played, clock, start):
    dues = [start + timedelta(hours=4)]
    one = await played(dues)
    clock._now = start.astimezone(UTC)
    assert (await played(dues)).told == one.told


def test_the_virtual_clock_never_goes_back(start):
    clock = VirtualClock(start)
    clock.move_to(start - timedelta(hours=1))
    assert clock.now() == start
    assert clock.now().tzinfo is UTC


def test_the_scorer_counts_what_is_seen(post_of, start):
    scorer = Scorer()
    member = Person(id="u-1", name="小满")
    for scene in (
        post_of(TEXT),
        post_of(TEXT),
        Joined(at=start, group="g1", member=member),
        Said(at=start, group="g1", member=member, text="到"),
        Left(at=start, group="g1", member=member),
    ):
        scorer.see(scene)
    assert scorer.shown == Counter({("g1", fingerprint(TEXT)): 2})
    assert (scorer.joins, scorer.replies) == (Counter(g1=1), Counter(g1=1))


def test_instants_are_utc():
    assert VirtualClock(datetime.fromisoformat("2026-05-18T08:00:00+08:00")).now().hour == 0
