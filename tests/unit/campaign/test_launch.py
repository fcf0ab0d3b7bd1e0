"""Promise 8: what only the moment of launch can tell is found before anything is armed, and nothing is armed twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

from groupbot.campaign.abilities import Means
from groupbot.campaign.launch import CHUNK, launch
from groupbot.campaign.request import Launched, Request
from groupbot.campaign.values import CampaignState, Reconciled
from groupbot.chat.directory import Directory, Group
from groupbot.core.content import Part, Text
from groupbot.core.policies import Policies
from groupbot.delivery.values import State
from groupbot.sop.planned import Plan, PlannedDelivery, PlannedTask, Problem, Source
from groupbot.testing import MemoryCampaigns
from groupbot.testing.campaigns import MemoryTasks
from groupbot.testing.facts import MemoryFacts
from tests.contract.ledger.conftest import T0, at

DIRECTORY = Directory(
    [
        Group(name="g1", account="main", ids={"main": "r1", "helper": "h1"}),
        Group(name="g2", account="main", ids={"main": "r2"}),
        Group(name="g3", account="other", ids={"other": "r3"}),
    ]
)
DAY = date(2026, 5, 18)


def step(name: str, minutes: float = 60, *, group: str = "g1", speaker: str = "", text: str = "hi") -> PlannedDelivery:
    return PlannedDelivery(
        key=f"{name}/2026-05-18.0/{group}",
        step=name,
        phase="p",
        occurrence="2026-05-18.0",
        ordinal=0,
        due=at(minutes),
        group=group,
        speaker=speaker,
        parts=(Part(content=Text(text=text)),),
        policies=Policies(grace=timedelta(minutes=30)),
        source=Source(file="camp.yaml", line=7),
    )


def plan(*steps: PlannedDelivery, problems: Sequence[Problem] = (), tasks: Sequence[PlannedTask] = ()) -> Plan:
    return Plan(
        sop="Camp 7",
        title="Camp",
        version="v1",
        timezone="Asia/Shanghai",
        deliveries=steps,
        problems=tuple(problems),
        tasks=tuple(tasks),
    )


@dataclass
class Counting(MemoryCampaigns):
    """Campaigns in memory that note how many rows came at a time."""

    chunks: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def add_draft(self, campaign, version, rows) -> None:
        self.chunks.append(len(rows))
        await super().add_draft(campaign, version, rows)


@pytest.fixture
def campaigns() -> Counting:
    return Counting()


async def go(campaigns: MemoryCampaigns, made: Plan, *, now: datetime = T0, **given: object) -> Launched:
    groups = given.pop("groups", sorted({delivery.group for delivery in made.deliveries}))
    request = Request(plan=made, **{"groups": groups, "start": DAY, **given})
    return await launch(request, campaigns=campaigns, directory=DIRECTORY, now=now)


def codes(launched: Launched) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in launched.problems]


async def refused(campaigns: MemoryCampaigns, launched: Launched, code: str) -> Problem:
    """Expect that `launched` was refused with one error and changed nothing."""
    assert not launched.ok
    assert codes(launched) == [("error", code)]
    assert launched.done == Reconciled()
    assert await campaigns.list() == []
    assert launched.problems[0].hint
    return launched.problems[0]


async def test_a_sound_plan_runs(campaigns: Counting) -> None:
    launched = await go(campaigns, plan(step("s1"), step("s1", group="g2"), step("s2", 90)))
    assert launched.ok
    assert (launched.campaign, launched.done) == ("camp-7-20260518", Reconciled(inserted=3))
    stored = await campaigns.get("camp-7-20260518")
    assert stored is not None
    assert (stored.state, stored.created_at, stored.start) == (CampaignState.RUNNING, T0, DAY)
    assert list(await campaigns.groups(launched.campaign)) == ["g1", "g2"]


async def test_an_unknown_group(campaigns: Counting) -> None:
    launched = await go(campaigns, plan(step("s1"), step("s1", group="typo")))
    assert "typo" in (await refused(campaigns, launched, "unknown-group")).message


async def test_no_group_at_all(campaigns: Counting) -> None:
    await refused(campaigns, await go(campaigns, plan(), groups=[]), "no-groups")


async def test_a_role_that_no_step_speaks_by(campaigns: Counting) -> None:
    launched = await go(campaigns, plan(step("s1", speaker="host")), roles={"hots": "main"})
    problem = await refused(campaigns, launched, "unknown-role")
    assert "hots" in problem.message
    assert "host" in problem.hint


@pytest.mark.parametrize("account", ["helper", "nobody"])
async def test_a_speaker_that_is_not_in_the_group_is_told_once_a_step(campaigns: Counting, account: str) -> None:
    made = plan(step("s1", speaker="host", group="g2"), step("s1", speaker="host", group="g3"))
    problem = await refused(campaigns, await go(campaigns, made, roles={"host": account}), "speaker-not-in-group")
    assert all(word in problem.message for word in ("s1", account, "g2", "g3"))
    assert problem.where.line == 7


async def test_roles_choose_the_account_and_a_role_without_one_speaks_by_the_groups_own(campaigns: Counting) -> None:
    made = plan(step("s1", speaker="host"), step("s2", speaker="guide"), step("s3"), step("s3", group="g3"))
    launched = await go(campaigns, made, roles={"host": "helper"})
    rows = await campaigns.deliveries(launched.campaign)
    assert sorted((row.step, row.group, row.account) for row in rows) == [
        ("s1", "g1", "helper"),
        ("s2", "g1", "main"),
        ("s3", "g1", "main"),
        ("s3", "g3", "other"),
    ]


async def test_a_start_in_the_past_is_one_error_not_one_a_step(campaigns: Counting) -> None:
    made = plan(step("s1", -60 * 24), step("s2", -60 * 23))
    launched = await go(campaigns, made, start=date(2026, 5, 17))
    problem = await refused(campaigns, launched, "past-start")
    assert "2026-05-18" in problem.message


async def test_today_is_judged_in_the_sops_zone(campaigns: Counting) -> None:
    late_evening = datetime.fromisoformat("2026-05-17T23:30:00+00:00")
    assert (await go(campaigns, plan(step("s1")), now=late_evening, start=DAY)).ok


async def test_a_time_that_is_over_on_the_first_day(campaigns: Counting) -> None:
    launched = await go(campaigns, plan(step("s1", -31), step("s1", -31, group="g2"), step("s2")))
    problem = await refused(campaigns, launched, "past-time")
    assert "s1" in problem.message


async def test_within_its_grace_or_window_a_step_is_not_over(campaigns: Counting) -> None:
    window = replace(step("s2", -300), until=at(1))
    assert (await go(campaigns, plan(step("s1", -30), window))).done == Reconciled(inserted=2)


async def test_a_window_that_is_over_is_over_whatever_the_grace(campaigns: Counting) -> None:
    await refused(campaigns, await go(campaigns, plan(replace(step("s1", -10), until=at(-1)))), "past-time")


async def test_allow_past_leaves_out_what_is_over_and_says_so(campaigns: Counting) -> None:
    made = plan(step("s1", -60 * 24), step("s2", 10))
    launched = await go(campaigns, made, start=date(2026, 5, 17), allow_past=True)
    assert codes(launched) == [("warning", "past-time")]
    assert [row.step for row in await campaigns.deliveries(launched.campaign)] == ["s2"]


async def test_an_edit_of_a_running_campaign_may_hold_what_is_over(campaigns: Counting) -> None:
    await go(campaigns, plan(step("s1", 10), step("s2", 120)))
    launched = await go(campaigns, plan(step("s1", 10), step("new", 20), step("s2", 120, text="better")), now=at(60))
    assert codes(launched) == [("warning", "past-time")]
    assert "new" in launched.problems[0].message
    assert launched.done == Reconciled(moved=1)
    states = {row.step: row.state for row in await campaigns.deliveries(launched.campaign)}
    assert states == {"s1": State.PLANNED, "s2": State.PLANNED}


async def test_launching_the_same_twice_changes_nothing(campaigns: Counting) -> None:
    made = plan(step("s1"), step("s2", 90))
    await go(campaigns, made)
    again = await go(campaigns, made)
    assert (again.ok, again.done) == (True, Reconciled())
    assert len(await campaigns.list()) == 1


async def test_groups_can_be_added_later(campaigns: Counting) -> None:
    await go(campaigns, plan(step("s1")))
    added = await go(campaigns, plan(step("s1", group="g2")))
    assert added.done == Reconciled(inserted=1)
    both = await go(campaigns, plan(step("s1"), step("s1", group="g2"), step("s1", group="g3")))
    assert both.done == Reconciled(inserted=1)
    assert list(await campaigns.groups(added.campaign)) == ["g1", "g2", "g3"]


async def test_a_paused_campaign_stays_paused_when_it_is_edited(campaigns: Counting) -> None:
    launched = await go(campaigns, plan(step("s1")))
    await campaigns.set_state(launched.campaign, CampaignState.PAUSED)
    await go(campaigns, plan(step("s1", 70)))
    stored = await campaigns.get(launched.campaign)
    assert stored is not None
    assert stored.state is CampaignState.PAUSED


async def test_another_start_or_id_is_another_campaign(campaigns: Counting) -> None:
    await go(campaigns, plan(step("s1")))
    later = await go(campaigns, plan(step("s1", 60 * 24)), start=date(2026, 5, 19))
    named = await go(campaigns, plan(step("s1")), campaign_id="may")
    assert (later.campaign, named.campaign) == ("camp-7-20260519", "may")
    assert len(await campaigns.list()) == 3


async def test_problems_of_the_plan_itself_keep_it_from_running(campaigns: Counting) -> None:
    problem = Problem(level="error", code="missing-material", message="m", hint="h", where=Source(file="f"))
    await refused(campaigns, await go(campaigns, plan(step("s1"), problems=[problem])), "missing-material")
    warning = replace(problem, level="warning")
    assert (await go(campaigns, plan(step("s1"), problems=[warning]))).ok


async def test_every_problem_is_told_at_once(campaigns: Counting) -> None:
    made = plan(step("s1", -60, group="typo"), step("s2", speaker="host", group="g2"))
    launched = await go(campaigns, made, roles={"host": "helper", "x": "main"})
    found = {code for _, code in codes(launched)}
    assert found == {"unknown-group", "unknown-role", "speaker-not-in-group", "past-time"}


async def test_a_large_plan_is_written_in_chunks_and_goes_live_whole(campaigns: Counting) -> None:
    number = CHUNK * 2 + 1
    launched = await go(campaigns, plan(*(step(f"s{n}", 60 + n) for n in range(number))))
    assert launched.done == Reconciled(inserted=number)
    assert campaigns.chunks == [CHUNK, CHUNK, 1]


async def test_tasks_for_people_come_along_once(campaigns: Counting) -> None:
    task = PlannedTask(key="t/2026-05-18.0/-", step="t", phase="p", text="call Ann", source=Source(file="f"))
    for _ in range(2):
        await go(campaigns, plan(step("s1"), tasks=[task]))
    [stored] = campaigns.store.tasks.values()
    assert (stored.text, stored.state) == ("call Ann", "open")


async def test_what_is_meant_for_members_in_private_is_never_said_in_the_group(campaigns: MemoryCampaigns) -> None:
    private = replace(step("tell"), place="member")
    request = Request(plan=plan(private, step("hello")), groups=["g1"], start=DAY)
    means = Means(abilities={}, standings=MemoryFacts(), tasks=MemoryTasks(campaigns.store))

    launched = await launch(request, campaigns=campaigns, directory=DIRECTORY, now=T0, means=means)

    assert [row.step for row in await campaigns.deliveries(request.campaign)] == ["hello"]
    assert [(problem.level, problem.code) for problem in launched.problems] == [("warning", "done-by-person")]
    [task] = campaigns.store.tasks.values()
    assert (task.step, task.parts) == ("tell", private.parts)


async def test_an_edited_sheet_is_not_launched_over_its_running_campaign(campaigns: MemoryCampaigns) -> None:
    def of_sheet(version: str) -> Plan:
        row = replace(step("greet"), source=Source(file="camp.xlsx", sheet="SOP", row=3, column="A"))
        return replace(plan(row), version=version)

    first = Request(plan=of_sheet("v1"), groups=["g1"], start=DAY)
    again = Request(plan=of_sheet("v2"), groups=["g1"], start=DAY)
    assert (await launch(first, campaigns=campaigns, directory=DIRECTORY, now=T0)).ok
    assert (await launch(first, campaigns=campaigns, directory=DIRECTORY, now=T0)).ok

    refused = await launch(again, campaigns=campaigns, directory=DIRECTORY, now=T0)

    assert [problem.code for problem in refused.problems] == ["sheet-edited"]
    assert f"campaign edit {again.campaign}" in refused.problems[0].hint
