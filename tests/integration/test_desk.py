"""The desk over a real project: what chat and commands have done through it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from groupbot import i18n
from groupbot.campaign.asked import Ask, Asked
from groupbot.campaign.values import CampaignState
from groupbot.delivery.values import Settlement, State
from groupbot.desk.desk import Desk
from groupbot.errors import CampaignError
from groupbot.paths import Project
from groupbot.settings import load
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.tables import deliveries
from groupbot.testing import FakeClock

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "g1"
account = "main"
id = "c1"
[[groups]]
name = "g2"
account = "main"
id = "c2"
"""
SOP = """\
name: camp
title: Camp
phases:
  - name: run
    steps:
      - {id: hello, at: D1 09:00, text: Good morning}
      - {id: quiz, at: D1 20:00, text: "A quiz: who are you?"}
      - {id: call, at: D1 21:00, task: Call those who were silent, assignee: Ann}
      - {id: tidy, at: D2 09:00, task: Tidy up}
      - {id: daily, at: 'daily 22:00 until D2', text: Good night}
"""
MORNING = datetime(2026, 5, 18, 0, 0, tzinfo=UTC)
"""08:00 of the first day."""
ASKED = Asked(sop=Path("camp"), start=date(2026, 5, 18), names=("g1", "g2"), by="ann")
CAMP = "camp-20260518"


@dataclass
class Office:
    """A desk, and what it stands on."""

    desk: Desk
    folder: Path
    clock: FakeClock
    database: Database

    async def becomes(self, key: str, state: str) -> None:
        async with self.database.write() as conn:
            await conn.execute(update(deliveries).where(deliveries.c.key == key).values(state=state))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    i18n.use("en")
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops" / "camp.yaml").write_text(SOP, "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    settings = load(tmp_path / "config.toml")
    database = Database(f"sqlite:///{tmp_path / 'groupbot.db'}")
    await migrate.upgrade(database, Project(root=tmp_path).migrations())
    clock = FakeClock(MORNING)
    try:
        made = Desk(settings=lambda: settings, database=database, clock=clock)
        yield Office(desk=made, folder=tmp_path, clock=clock, database=database)
    finally:
        await database.close()
        i18n.use("zh")


async def test_a_launch_does_what_was_foreseen(office: Office) -> None:
    foreseen = await office.desk.foresee(ASKED)
    assert await office.desk.campaigns() == ()

    launched = await office.desk.launch(ASKED)

    assert foreseen.ok
    assert (foreseen.campaign, foreseen.groups) == (launched.campaign, ("g1", "g2"))
    assert (foreseen.deliveries, foreseen.tasks) == (launched.done.inserted, launched.tasks) == (8, 2)
    assert (await office.desk.counts(CAMP))[State.PLANNED] == 8
    assert [version.by for version in await office.desk.versions(CAMP)] == ["ann"]


async def test_a_step_to_approve_is_not_launched_where_nobody_can_be_asked(office: Office) -> None:
    sop = office.folder / "sops" / "camp.yaml"
    sop.write_text(SOP.replace("text: Good morning", "text: Good morning, approval: true"), "utf-8")

    refused = await office.desk.launch(ASKED)

    [error] = [problem for problem in refused.problems if problem.level == "error"]
    assert error.code == "approval-without-admins"
    assert "`hello`" in error.message
    assert "`[admin] groups`" in error.hint
    assert await office.desk.campaigns() == ()


async def test_a_launch_of_what_is_not_there_is_refused_in_words(office: Office) -> None:
    refused = await office.desk.launch(Asked(sop=Path("nothing"), start=date(2026, 5, 18), names=("g1",)))

    assert [problem.code for problem in refused.problems] == ["unreadable-file"]
    with pytest.raises(CampaignError, match="No group"):
        await office.desk.launch(Asked(sop=Path("camp"), start=date(2026, 5, 18)))


async def test_a_sent_file_is_checked_kept_and_previewed(office: Office) -> None:
    good, bad = SOP.replace("Camp", "Other").encode(), SOP.replace("D1 20:00", "some day").encode()

    assert [problem.level for problem in await office.desk.check_bytes(bad, "new.yaml")] == ["error"]
    assert not await office.desk.check_bytes(good, "new.yaml")
    kept = await office.desk.keep(good, "../../new.yaml")
    shown = await office.desk.preview(Asked(sop=kept, start=date(2026, 5, 18)))

    assert kept == office.folder / "sops" / "new.yaml"
    assert [day.posts for day in shown.days] == [6, 2]
    assert "20:00 quiz · 2 groups · A quiz: who are you?" in shown.days[0].text.splitlines()
    with pytest.raises(CampaignError, match="there already"):
        await office.desk.keep(bad, "new.yaml")
    with pytest.raises(CampaignError, match="no SOP file"):
        await office.desk.keep(bad, "new.exe")


async def test_the_day_and_what_comes_next_are_counted_by_step(office: Office) -> None:
    await office.desk.launch(ASKED)
    await office.becomes("hello/2026-05-18.0/g1", "sent")
    office.clock.set(MORNING + timedelta(hours=3))

    today = await office.desk.today(CAMP)
    upcoming = await office.desk.upcoming(2)

    assert [(row.step, dict(row.counts)) for row in today] == [
        ("hello", {State.PLANNED: 1, State.SENT: 1}),
        ("quiz", {State.PLANNED: 2}),
        ("daily", {State.PLANNED: 2}),
    ]
    assert [row.step for row in upcoming] == ["quiz", "daily"]
    with pytest.raises(CampaignError, match="no campaign"):
        await office.desk.today("other")


async def test_a_campaign_is_paused_resumed_and_ended(office: Office) -> None:
    await office.desk.launch(ASKED)

    states = [(await change(CAMP)).state for change in (office.desk.pause, office.desk.resume, office.desk.cancel)]

    assert states == [CampaignState.PAUSED, CampaignState.RUNNING, CampaignState.CANCELLED]
    with pytest.raises(CampaignError, match="can't be done now"):
        await office.desk.resume(CAMP)


async def test_what_nobody_knows_is_settled(office: Office) -> None:
    await office.desk.launch(ASKED)
    await office.becomes("hello/2026-05-18.0/g1", "unknown")

    (row,) = await office.desk.open_deliveries()
    settled = await office.desk.settle(row.campaign, row.key, Settlement.SKIP)

    assert settled.state is State.SKIPPED
    assert await office.desk.open_deliveries() == ()
    with pytest.raises(CampaignError, match="not open"):
        await office.desk.settle(row.campaign, row.key, Settlement.SKIP)


async def test_edits_are_proposed_then_applied(office: Office) -> None:
    await office.desk.launch(ASKED)
    ask = Ask(campaign=CAMP, by="ann")

    moved = await office.desk.move(ask, "quiz", "D1 20:30")
    assert len(moved.counts.moved) == 2
    assert [row.due.minute for row in await office.desk.today() if row.step == "quiz"] == [0]
    await office.desk.apply(moved)
    assert [row.due.minute for row in await office.desk.today() if row.step == "quiz"] == [30]
    await office.desk.apply(await office.desk.reword(ask, "hello", "Hi"))
    await office.desk.apply(await office.desk.skip(ask, "daily"))
    undone = await office.desk.apply(await office.desk.undo(ask, 1))

    assert len(undone.proposal.counts.inserted) == 4
    assert [version.restores for version in await office.desk.versions(CAMP)] == [None, None, None, None, 1]


async def test_an_edited_file_is_proposed(office: Office) -> None:
    await office.desk.launch(ASKED)
    file = office.folder / "sops" / "camp.yaml"
    file.write_text(SOP.replace("Good morning", "Good day"), "utf-8")

    proposal = await office.desk.edit(Ask(campaign=CAMP), file)

    assert (len(proposal.counts.moved), proposal.ok) == (2, True)


async def test_a_step_goes_out_at_once_where_it_has_not_yet(office: Office) -> None:
    await office.desk.launch(ASKED)
    await office.becomes("quiz/2026-05-18.0/g1", "sent")
    office.clock.set(MORNING + timedelta(hours=1, minutes=30, seconds=20))

    await office.desk.apply(await office.desk.send_now(Ask(campaign=CAMP), "quiz"))

    rows = {row.group: row.due for row in await office.desk.deliveries(CAMP) if row.step == "quiz"}
    assert rows["g2"] == MORNING + timedelta(hours=1, minutes=30)
    assert rows["g1"] == MORNING + timedelta(hours=12)
    with pytest.raises(CampaignError, match="again and again"):
        await office.desk.send_now(Ask(campaign=CAMP), "daily")


async def test_a_step_is_posted_once_more_in_its_own_words(office: Office) -> None:
    await office.desk.launch(ASKED)
    with pytest.raises(CampaignError, match="by itself"):
        await office.desk.resend(CAMP, "hello", "g1")
    await office.becomes("hello/2026-05-18.0/g1", "sent")

    placed = await office.desk.resend(CAMP, "hello", "g1")

    (order,) = placed.orders
    assert (order.group, order.account, [part.content.text for part in order.parts]) == ("g1", "main", ["Good morning"])  # type: ignore[union-attr]
    assert [row.state for row in await office.desk.deliveries("one-off")] == [State.PLANNED]
    with pytest.raises(CampaignError, match="has no delivery"):
        await office.desk.resend(CAMP, "hello", "g9")


async def test_tasks_are_put_off_and_ticked(office: Office) -> None:
    await office.desk.launch(ASKED)
    task, other = await office.desk.tasks()
    later = MORNING + timedelta(days=1)

    assert (await office.desk.postpone(CAMP, task.key, later)).due == later
    assert (await office.desk.complete(CAMP, other.key)).state == "done"

    assert [(row.key, row.due) for row in await office.desk.tasks()] == [(task.key, later)]
    for refused in (office.desk.postpone(CAMP, other.key, later), office.desk.complete(CAMP, other.key)):
        with pytest.raises(CampaignError, match="no open task"):
            await refused
    with pytest.raises(CampaignError, match="is over"):
        await office.desk.postpone(CAMP, task.key, MORNING)


async def test_lint_of_a_launch_knows_the_stagger(office: Office) -> None:
    file = office.folder / "sops" / "camp.yaml"
    file.write_text(SOP.replace("A quiz: who are you?", "今晚21:30截止"), "utf-8")

    together = await office.desk.foresee(ASKED)
    apart = await office.desk.foresee(replace(ASKED, stagger=timedelta(hours=2)))

    assert [problem.code for problem in together.problems] == []
    assert "deadline-passed" in {problem.code for problem in apart.problems}


async def test_a_pause_of_some_groups_leaves_the_others(office: Office) -> None:
    await office.desk.launch(ASKED)
    assert (await office.desk.pause(CAMP, ["g2"])).paused_in == ("g2",)
    assert [row.paused_in for row in await office.desk.campaigns()] == [("g2",)]
    with pytest.raises(CampaignError, match="paused there already"):
        await office.desk.pause(CAMP, ["g2"])
    with pytest.raises(CampaignError, match="does not run in g9"):
        await office.desk.pause(CAMP, ["g2", "g9"])
    with pytest.raises(CampaignError, match="paused in g2"):
        await office.desk.resume(CAMP)
    assert (await office.desk.resume(CAMP, ["g2"])).paused_in == ()
    with pytest.raises(CampaignError, match="not paused there"):
        await office.desk.resume(CAMP, ["g2"])
