"""Promises 1, 3 and 4 on generated plans, faults, pauses, restarts and edits: never early, never twice, in order."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.campaign.values import CampaignState
from groupbot.chat.errors import Busy, NotConnected, Rejected, UnknownOutcome
from groupbot.core.policies import PartFailure, Policies
from groupbot.delivery.pacing import UNPACED, Pace
from groupbot.delivery.values import NewDelivery, State
from groupbot.errors import StoreError
from groupbot.testing import Outcome
from groupbot.testing.standby import MemoryStandby
from tests.contract.ledger.conftest import at, delivery
from tests.unit.delivery.bench import Bench, Sight

HORIZON = 120
GRACE = timedelta(minutes=45)
LOCK_GAP = timedelta(seconds=120)
CAMPAIGNS = ("a", "b")
ACCOUNTS = ("host", "assistant")
HAPPENINGS = ("pause", "resume", "restart", "offline", "online", "relaunch", "edit", "store", "back", "move", "return")


@dataclass(frozen=True)
class Plan:
    """A step of a generated campaign."""

    campaign: str
    group: str
    account: str
    minutes: int
    gaps: tuple[int, ...]
    goes_on: bool

    def delivery(self, number: int, later: int = 0) -> NewDelivery:
        """Return the row; each part says which it is."""
        words = [f"{self.campaign}/{number}/{part}" for part in range(len(self.gaps) + 1)]
        failure = PartFailure.CONTINUE if self.goes_on else PartFailure.STOP
        row = delivery(
            f"s{number}",
            self.minutes + later,
            campaign=self.campaign,
            group=self.group,
            account=self.account,
            words=words,
            ordinal=number,
            policies=Policies(grace=GRACE, on_part_failure=failure),
        )
        first, *others = row.parts
        spaced = (replace(part, gap_s=gap) for part, gap in zip(others, self.gaps, strict=True))
        return replace(row, parts=(first, *spaced))


plans = st.lists(
    st.builds(
        Plan,
        campaign=st.sampled_from(CAMPAIGNS),
        group=st.sampled_from(["g1", "g2"]),
        account=st.sampled_from(ACCOUNTS),
        minutes=st.integers(0, 60),
        gaps=st.lists(st.sampled_from([0, 3, 30, 119, 600]), max_size=3).map(tuple),
        goes_on=st.booleans(),
    ),
    min_size=1,
    max_size=8,
)
fates = st.lists(
    st.sampled_from(
        [
            Outcome(),
            Outcome(),
            Outcome(tells_id=False),
            Outcome.fails(Busy("busy")),
            Outcome.fails(NotConnected("gone")),
            Outcome.fails(Rejected("no")),
            Outcome.fails(UnknownOutcome("no answer"), posted=True),
            Outcome.fails(UnknownOutcome("no answer")),
        ]
    ),
    max_size=12,
)
happenings = st.lists(
    st.tuples(
        st.integers(0, HORIZON),
        st.sampled_from(HAPPENINGS),
        st.sampled_from(CAMPAIGNS),
    ),
    max_size=8,
)
paces = st.sampled_from([UNPACED, Pace(account_interval_s=20, group_interval_s=45, jitter=0.5)])


class Story:
    """Run one generated case to its end."""

    def __init__(self, steps: list[Plan], fate: list[Outcome], pace: Pace) -> None:
        self.bench = Bench(accounts=ACCOUNTS, groups=("g1", "g2"), pace=pace, lock_gap=LOCK_GAP)
        self.standby = MemoryStandby(self.bench.ledger)
        self.steps = steps
        self.later = dict.fromkeys(CAMPAIGNS, 0)
        self.dues: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
        for number, outcome in enumerate(fate):
            self.bench.adapters[ACCOUNTS[number % 2]].will(outcome)

    async def run(self, happenings: list[tuple[int, str, str]]) -> None:
        for name in CAMPAIGNS:
            await self.launch(name)
        await self.bench.open()
        for minutes, what, name in sorted(happenings):
            if at(minutes) > self.bench.clock.now():
                await self.pass_time(at(minutes))
            await self.happen(what, name)
        for adapter in self.bench.adapters.values():
            adapter.connect()
        for name in CAMPAIGNS:
            await self.bench.campaigns.set_state(name, CampaignState.RUNNING)
        await self.pass_time(at(HORIZON * 10))

    async def pass_time(self, until: datetime) -> None:
        """Run to `until` as a daemon does, which tries again when its store fails."""
        while True:
            try:
                return await self.bench.run(until)
            except StoreError:
                continue

    async def launch(self, name: str) -> None:
        """Launch or edit `name`; every edit puts what is not sent yet five minutes off."""
        rows = [
            step.delivery(number, self.later[name]) for number, step in enumerate(self.steps) if step.campaign == name
        ]
        for row in rows:
            self.dues[name, row.step].append(row.due)
        await self.bench.launch(*rows, campaign=name)

    async def happen(self, what: str, name: str) -> None:
        bench = self.bench
        match what:
            case "pause" | "resume":
                state = CampaignState.PAUSED if what == "pause" else CampaignState.RUNNING
                await bench.campaigns.set_state(name, state)
            case "restart":
                bench.ledger.failures = 0
                bench.dispatcher = bench.build(f"instance-{len(bench.inbox.alerts)}-{bench.clock.now()}")
                await bench.dispatcher.open()
            case "offline":
                bench.main.disconnect()
            case "online":
                bench.main.connect()
            case "edit" | "relaunch":
                self.later[name] += 5 if what == "edit" else 0
                await self.launch(name)
            case "back":
                bench.clock.advance(-400)
            case "move":
                await self.move()
            case "return":
                await self.standby.give_back("host")
            case "store":
                bench.ledger.failures = 3

    async def move(self) -> None:
        """Let the assistant stand in for what the host is to post in the next half hour."""
        host = next(lane.ownership for lane in self.bench.dispatcher.lanes if lane.account == "host")
        rows = await self.standby.waiting("host", self.bench.clock.now() + timedelta(minutes=30), 100)
        await self.standby.move(host, "assistant", rows)

    def posts(self) -> list[tuple[Sight, str, int, int]]:
        """Return what was seen with its campaign, step number and part."""
        told = []
        for sight in self.bench.seen:
            campaign, number, part = sight.text.split("/")
            told.append((sight, campaign, int(number), int(part)))
        return told


def never_early_never_late(story: Story) -> None:
    for sight, campaign, number, part in story.posts():
        dues = story.dues[campaign, f"s{number}"]
        assert sight.at >= min(dues)
        assert part > 0 or sight.at <= max(dues) + GRACE


def never_twice(story: Story) -> None:
    texts = story.bench.texts()
    assert len(texts) == len(set(texts))


def in_order(story: Story) -> None:
    for campaign in CAMPAIGNS:
        for room in ("r1", "r2"):
            sent = [(number, part) for s, c, number, part in story.posts() if (c, s.to) == (campaign, room)]
            places = [(story.steps[number].minutes, number, part) for number, part in sent]
            assert places == sorted(places)


def parts_are_not_interleaved(story: Story) -> None:
    for room in ("r1", "r2"):
        here = [post for post in story.posts() if post[0].to == room]
        for n, (sight, campaign, number, part) in enumerate(here):
            following = [m for m, post in enumerate(here) if post[1:] == (campaign, number, part + 1)]
            if not following or story.steps[number].gaps[part] >= LOCK_GAP.total_seconds():
                continue
            free_at = sight.at + timedelta(seconds=story.steps[number].gaps[part]) + LOCK_GAP
            between = here[n + 1 : following[0]]
            assert all(other.at >= free_at for other, *_ in between)


def gaps_are_kept(story: Story) -> None:
    by_step: defaultdict[tuple[str, int], list[tuple[int, datetime]]] = defaultdict(list)
    for sight, campaign, number, part in story.posts():
        by_step[campaign, number].append((part, sight.at))
    for (_, number), sent in by_step.items():
        for (part, earlier), (following, later) in pairwise(sent):
            assert following > part
            if following == part + 1:
                assert later - earlier >= timedelta(seconds=story.steps[number].gaps[part])


def nothing_is_lost(story: Story) -> None:
    final = {State.SENT, State.SKIPPED, State.FAILED, State.UNKNOWN}
    assert {row.state for row in story.bench.store.rows.values()} <= final
    unknown = [row for row in story.bench.store.rows.values() if row.state is State.UNKNOWN]
    assert story.bench.inbox.codes.count("delivery-unknown") >= len(unknown)


@settings(max_examples=250, deadline=None)
@given(plans, fates, happenings.filter(lambda all_: "back" not in {what for _, what, _ in all_}), paces)
def test_whatever_happens_posts_keep_their_promises(
    steps: list[Plan], fate: list[Outcome], what: list[tuple[int, str, str]], pace: Pace
) -> None:
    story = Story(steps, fate, pace)
    asyncio.run(story.run(what))
    never_early_never_late(story)
    never_twice(story)
    in_order(story)
    parts_are_not_interleaved(story)
    gaps_are_kept(story)
    nothing_is_lost(story)


@settings(max_examples=60, deadline=None)
@given(plans, fates, happenings, paces)
def test_not_even_a_clock_that_is_set_back_makes_it_early_or_twice(
    steps: list[Plan], fate: list[Outcome], what: list[tuple[int, str, str]], pace: Pace
) -> None:
    story = Story(steps, fate, pace)
    asyncio.run(story.run(what))
    never_early_never_late(story)
    never_twice(story)
    in_order(story)
    nothing_is_lost(story)
