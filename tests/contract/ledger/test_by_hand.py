"""Promise 8: what an account can't do somewhere is a person's task from launch on, told then, and never done twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from groupbot.campaign.abilities import Means
from groupbot.campaign.launch import launch
from groupbot.campaign.request import Launched, Request
from groupbot.campaign.values import Reconciled
from groupbot.chat.capabilities import MENTION_ALL, Capabilities, Standing
from groupbot.chat.directory import Directory, Group
from groupbot.core.actions import Announcement, Rename
from groupbot.core.content import EVERYBODY, MESSAGES, Content, File, Image, Part, Text, Voice
from groupbot.core.events import Rank
from groupbot.delivery.values import State
from groupbot.sop.planned import Plan, PlannedDelivery, Source
from tests.contract.ledger.conftest import T0, Kit, at

GROUPS = ("g1", "g2", "g3")
DIRECTORY = Directory(Group(name=name, account="main", ids={"main": name}) for name in GROUPS)
CAN = Capabilities(
    kinds=MESSAGES - {"voice"} | {"announcement", "rename"},
    max_file_bytes=5_000_000,
    for_admins=frozenset({"announcement"}),
    for_admins_in_big=frozenset({"rename", MENTION_ALL}),
    big_group=40,
)
OWNER, MEMBER = Standing(rank=Rank.OWNER, members=9), Standing(rank=Rank.MEMBER, members=9)
WORDS, NOTICE = Text(text="hello"), Announcement(text="群规\n不发广告")


@dataclass
class Office:
    """A campaign that is launched again and again, while the account's standing changes."""

    kit: Kit
    ranks: dict[str, Standing] = field(default_factory=lambda: dict.fromkeys(GROUPS, MEMBER))
    sizes: Mapping[str, int] = field(default_factory=dict)

    async def standings(self, groups: Sequence[str]) -> Mapping[tuple[str, str], Standing]:
        return {("main", group): rank for group, rank in self.ranks.items() if group in groups}

    async def launch(self, steps: Mapping[str, Sequence[Content]], *, now: datetime = T0, **more: Any) -> Launched:
        groups = more.get("groups", GROUPS)
        rows = [row(step, group, contents) for step, contents in steps.items() for group in groups]
        made = Plan(sop="Camp", title="Camp", version="v1", timezone="UTC", deliveries=tuple(rows))
        request = Request(plan=made, groups=groups, start=T0.date(), campaign_id="camp")
        means = Means(abilities={"main": CAN}, standings=self, tasks=self.kit.people, size_of=self.sizes.get)  # type: ignore[arg-type]
        return await launch(request, campaigns=self.kit.campaigns, directory=DIRECTORY, now=now, means=means)

    async def tasks(self, state: str = "open") -> dict[str, list[Content]]:
        found = [task for task in await self.kit.people.list("camp") if task.state == state]
        return {task.key.replace("/2026-05-18.0", ""): [part.content for part in task.parts] for task in found}

    async def planned(self) -> dict[str, int]:
        """Return how many parts the account posts, by step and group."""
        rows = await self.kit.campaigns.deliveries("camp")
        return {f"{row.step}/{row.group}": row.parts for row in rows if row.state is State.PLANNED}


def row(step: str, group: str, contents: Sequence[Content]) -> PlannedDelivery:
    return PlannedDelivery(
        key=f"{step}/2026-05-18.0/{group}",
        step=step,
        phase="p",
        occurrence="2026-05-18.0",
        ordinal=0,
        due=at(60),
        group=group,
        parts=tuple(Part(content=content, gap_s=3.0 if number else 0.0) for number, content in enumerate(contents)),
        source=Source(file="camp.yaml", line=7),
    )


def warnings(launched: Launched) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in launched.problems]


@pytest.fixture
def office(kit: Kit) -> Office:
    return Office(kit)


async def test_what_the_account_can_do_needs_nobody(office: Office) -> None:
    office.ranks = dict.fromkeys(GROUPS, OWNER)
    launched = await office.launch({"s1": [NOTICE, WORDS]})
    assert (launched.done, launched.problems) == (Reconciled(inserted=3), ())
    assert await office.tasks() == {}


async def test_parts_leave_their_delivery_and_are_told_once_for_all_groups(office: Office) -> None:
    office.ranks["g3"] = OWNER
    launched = await office.launch({"s1": [NOTICE, WORDS, Text(text="bye")]})
    assert launched.ok
    why = "only owner and administrators of the group may do this"
    told = ("done-by-person", f"step s1: a person must do announcement in 2 groups: {why}")
    assert warnings(launched) == [told]
    assert launched.problems[0].where.line == 7
    assert await office.tasks() == {"s1/g1": [NOTICE], "s1/g2": [NOTICE]}
    assert await office.planned() == {"s1/g1": 2, "s1/g2": 2, "s1/g3": 3}


async def test_a_task_says_what_where_and_why(office: Office) -> None:
    await office.launch({"s1": [WORDS, NOTICE, Voice(path="/a.silk")]}, groups=("g1",))
    [task] = await office.kit.people.list("camp")
    assert (task.group, task.due, task.assignee, task.step) == ("g1", at(60), None, "s1")
    assert task.text == (
        "By hand in g1, step s1: announcement (after part 1), voice message (after part 2). The bot can't: only owner "
        "and administrators of the group may do this; the account can't send this kind: voice message."
    )
    await office.launch({"s2": [NOTICE, WORDS], "s3": [NOTICE]}, groups=("g1",))
    texts = {task.step: task.text for task in await office.kit.people.list("camp") if task.state == "open"}
    assert "announcement (before the other parts)." in texts["s2"]
    assert "step s3: announcement." in texts["s3"]


async def test_a_delivery_that_keeps_no_part_is_not_planned(office: Office) -> None:
    launched = await office.launch({"s1": [NOTICE], "s2": [WORDS]}, groups=("g1",))
    assert launched.done == Reconciled(inserted=1)
    assert await office.planned() == {"s2/g1": 1}
    assert await office.tasks() == {"s1/g1": [NOTICE]}


async def test_the_first_part_that_stays_waits_for_no_other(office: Office) -> None:
    await office.launch({"s1": [NOTICE, WORDS, WORDS]}, groups=("g1",))
    await office.kit.own()
    [candidate] = await office.kit.due(at(60))
    assert [part.gap_s for part in candidate.parts] == [0.0, 3.0]


async def test_size_of_group_and_size_of_file_count(office: Office) -> None:
    office.ranks["g2"] = Standing(rank=Rank.MEMBER, members=41)
    office.sizes = {"/big.mp4": 5_000_001, "/small.png": 5_000_000}
    everybody = Text(text="hi", mentions=(EVERYBODY,))
    big, small, gone = File(path="/big.mp4"), Image(path="/small.png"), Image(path="/gone.png")
    launched = await office.launch({"s1": [Rename(topic="new"), everybody], "s2": [big, small, gone]})
    assert await office.tasks() == {
        "s1/g2": [Rename(topic="new"), everybody],
        **{f"s2/{group}": [big] for group in GROUPS},
    }
    assert "the file has 5.0 MB" in warnings(launched)[1][1]


async def test_unseen_rights_are_told_only_where_a_step_needs_some(office: Office) -> None:
    office.ranks = {"g1": OWNER, "g2": Standing(rank=Rank.UNKNOWN, members=500)}
    assert (await office.launch({"s1": [WORDS]})).problems == ()
    launched = await office.launch({"s1": [WORDS], "s2": [NOTICE], "s3": [Rename(topic="x")]})
    assert warnings(launched) == [
        (
            "rights-unknown",
            "nobody has seen yet which rights the accounts have in 2 groups; these steps need some: s2, s3",
        )
    ]
    assert await office.tasks() == {}
    assert len(await office.planned()) == 9


async def test_relaunching_changes_nothing_and_tells_again(office: Office) -> None:
    steps = {"s1": [NOTICE, WORDS]}
    first, second = await office.launch(steps), await office.launch(steps)
    assert (second.done, second.problems) == (Reconciled(), first.problems)
    assert len(await office.tasks()) == 3


async def test_rights_gained_and_lost_again(office: Office) -> None:
    steps = {"s1": [NOTICE], "s2": [NOTICE, WORDS]}
    await office.launch(steps, groups=("g1",))
    office.ranks["g1"] = OWNER
    gained = await office.launch(steps, groups=("g1",))
    assert (gained.done, gained.problems) == (Reconciled(inserted=1, moved=1), ())
    assert (await office.tasks(), len(await office.tasks("cancelled"))) == ({}, 2)
    assert await office.planned() == {"s1/g1": 1, "s2/g1": 2}
    office.ranks["g1"] = MEMBER
    lost = await office.launch(steps, groups=("g1",))
    assert lost.done == Reconciled(moved=1, cancelled=1)
    assert len(await office.tasks()) == 2
    assert await office.planned() == {"s2/g1": 1}


async def test_what_a_person_has_done_the_bot_never_does_again(office: Office) -> None:
    steps = {"s1": [NOTICE], "s2": [NOTICE, WORDS]}
    await office.launch(steps, groups=("g1",))
    for step in steps:
        assert await office.kit.people.complete("camp", f"{step}/2026-05-18.0/g1")
    office.ranks["g1"] = OWNER
    again = await office.launch(steps, groups=("g1",))
    assert (again.done, again.problems) == (Reconciled(), ())
    assert await office.planned() == {"s2/g1": 1}
    assert len(await office.tasks("done")) == 2


async def test_a_task_whose_time_has_come_stays_with_its_person(office: Office) -> None:
    steps = {"s1": [NOTICE], "s2": [NOTICE, WORDS]}
    await office.launch(steps, groups=("g1",))
    office.ranks["g1"] = OWNER
    for minutes in (60, 600):
        again = await office.launch(steps, groups=("g1",), now=at(minutes))
        assert (again.done, again.problems) == (Reconciled(), ())
        assert len(await office.tasks()) == 2


async def test_what_was_posted_makes_no_task_later(office: Office) -> None:
    office.ranks["g1"] = OWNER
    await office.launch({"s1": [NOTICE]}, groups=("g1",))
    await office.kit.own()
    [candidate] = await office.kit.due(at(60))
    assert await office.kit.send(candidate, at(60))
    office.ranks["g1"] = MEMBER
    again = await office.launch({"s1": [NOTICE]}, groups=("g1",), now=at(61))
    assert (again.done, again.problems) == (Reconciled(), ())
    assert await office.tasks() == {}
