"""An edited SOP reaches a campaign that runs: what is sent stays, what is near its time stays, the rest follows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from groupbot.campaign.proposal import Edit
from groupbot.campaign.stepping import moved, reworded, skipped, undo_target
from groupbot.campaign.values import CampaignState
from groupbot.delivery.values import State
from groupbot.errors import CampaignError
from groupbot.sop.change_words import summary
from groupbot.sop.document import Sop
from groupbot.sop.matching import NEW
from groupbot.sop.planned import Problem, Source
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.tables import campaign_groups, deliveries
from tests.integration.editing_desk import BEFORE, Desk, china, opened


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_an_unchanged_file_changes_nothing(desk: Desk) -> None:
    proposal = await desk.propose(desk.sop())

    assert proposal.empty
    assert summary(proposal.changes) == "nothing changes"
    await desk.editor.apply(proposal, BEFORE)
    assert len((await desk.editor.running("camp")).history) == 1


async def test_an_edit_is_told_before_and_done_after(desk: Desk) -> None:
    sop = desk.sop(
        ("at: D2 20:00", "at: D2 20:30"),
        ("      - {id: vip", "      - {id: extra, at: D3 09:00, text: More}\n      - {id: vip"),
        ("      - {id: poster, at: D1 12:00, image: poster}\n", ""),
        ("materials: {poster: {path: poster.png}}\n", ""),
    )

    proposal = await desk.propose(sop)

    assert summary(proposal.changes, groups=len(proposal.groups)) == (
        "day 2 20:00 becomes 20:30; 1 steps added; 1 steps removed; 2 groups affected"
    )
    assert (await desk.rows())["quiz/2026-05-19.0/g1"][1] == china(2, "20:00")
    applied = await desk.editor.apply(proposal, BEFORE)
    assert (applied.done.inserted, applied.done.moved, applied.done.cancelled) == (2, 2, 2)
    rows = await desk.rows()
    assert rows["quiz/2026-05-19.0/g1"] == (State.PLANNED, china(2, "20:30"))
    assert rows["poster/2026-05-18.0/g2"][0] is State.CANCELLED
    assert rows["extra/2026-05-20.0/g1"][0] is State.PLANNED


async def test_only_the_groups_in_which_something_changes_are_affected(desk: Desk) -> None:
    assert (await desk.propose(desk.sop(("Something for you", "Something else")))).groups == ("g2",)


async def test_a_broken_material_refuses_the_whole_edit(desk: Desk) -> None:
    sop = desk.sop(("at: D2 20:00", "at: D2 20:30"))
    (desk.folder / "sops" / "poster.png").unlink()

    proposal = await desk.propose(sop)

    assert not proposal.ok
    assert [problem.code for problem in proposal.problems] == ["missing-material"]
    with pytest.raises(CampaignError):
        await desk.editor.apply(proposal, BEFORE)
    assert (await desk.rows())["quiz/2026-05-19.0/g1"][1] == china(2, "20:00")


async def test_a_sent_step_that_moves_to_another_day_is_not_sent_again(desk: Desk) -> None:
    await desk.set("quiz/2026-05-19.0/g1", state="sent", next_part=1, token="t")
    now = china(2, "20:10")

    await desk.edit(desk.sop(("at: D2 20:00", "at: D3 20:00")), now)

    rows = await desk.rows()
    assert "quiz/2026-05-20.0/g1" not in rows
    assert rows["quiz/2026-05-19.0/g1"][0] is State.SENT
    again = await desk.propose(desk.sop(("at: D2 20:00", "at: D3 20:00"), ("habits", "sleep")), now)
    assert "quiz/2026-05-20.0/g1" not in again.counts.inserted


async def test_what_was_moved_away_sent_and_moved_back_is_not_sent_again(desk: Desk) -> None:
    await desk.edit(desk.sop(("at: D2 20:00", "at: D1 20:00")))
    await desk.set("quiz/2026-05-18.0/g1", state="sent", next_part=1, token="t")

    await desk.edit(desk.sop(), china(1, "20:40"))

    rows = await desk.rows()
    assert rows["quiz/2026-05-19.0/g1"][0] is State.CANCELLED
    assert rows["quiz/2026-05-19.0/g2"] == (State.PLANNED, china(2, "20:00"))


async def test_a_repeated_step_goes_on_after_a_change_of_its_days(desk: Desk) -> None:
    await desk.set("daily/2026-05-18.0/g1", state="sent", next_part=1, token="t")

    await desk.edit(desk.sop(("daily 21:00 until D3", "daily 21:00 from D2 until D4")), china(1, "22:00"))

    assert (await desk.rows())["daily/2026-05-21.0/g1"][0] is State.PLANNED


@pytest.mark.parametrize("state", ["sending", "unknown", "planned"])
async def test_what_has_begun_to_go_out_is_not_touched(desk: Desk, state: str) -> None:
    key = "quiz/2026-05-19.0/g1"
    await desk.set(key, state=state, next_part=int(state == "planned"), token="t")

    applied = await desk.edit(desk.sop(("about habits", "about sleep"), ("at: D2 20:00", "at: D2 20:30")))

    assert (await desk.rows())[key] == (State(state), china(2, "20:00"))
    assert applied.proposal.counts.moved == {"quiz/2026-05-19.0/g2"}


async def test_shortly_before_its_time_a_delivery_is_left_alone_and_named(desk: Desk) -> None:
    now = china(2, "19:56")
    sop = desk.sop(("about habits", "about sleep"), ("How was your day", "How did it go"))

    applied = await desk.edit(sop, now)

    assert [(row.step, row.group) for row in applied.proposal.locked] == [("quiz", "g1"), ("quiz", "g2")]
    assert await desk.words("quiz/2026-05-19.0/g1") == "Today's quiz is about habits"
    assert await desk.words("daily/2026-05-19.0/g1") == "How did it go"
    await desk.edit(sop, now, force_locked=True)
    assert await desk.words("quiz/2026-05-19.0/g1") == "Today's quiz is about sleep"


async def test_a_step_that_is_taken_out_shortly_before_its_time_is_still_sent(desk: Desk) -> None:
    sop = desk.sop(("      - {id: quiz, at: D2 20:00, text: Today's quiz is about habits}\n", ""))

    await desk.edit(sop, china(2, "19:56"))

    assert (await desk.rows())["quiz/2026-05-19.0/g1"][0] is State.PLANNED


async def test_a_step_that_moves_to_another_day_too_late_is_sent_once(desk: Desk) -> None:
    moved = desk.sop(("at: D2 20:00", "at: D3 20:30"))

    await desk.edit(moved, china(2, "19:56"))
    await desk.edit(desk.sop(("at: D2 20:00", "at: D3 20:40")), china(2, "19:57"))

    planned = [key for key, (state, _due) in (await desk.rows()).items() if state is State.PLANNED]
    assert [key for key in planned if key.startswith("quiz/")] == ["quiz/2026-05-19.0/g1", "quiz/2026-05-19.0/g2"]


async def test_the_sop_that_runs_says_how_long_before_its_time_a_delivery_is_locked(desk: Desk) -> None:
    locking = ("title: Camp", "title: Camp\nlock_window: 30m")
    await desk.edit(desk.sop(locking), china(2, "19:00"))

    unlocking = desk.sop(("title: Camp", "title: Camp\nlock_window: 0s"), ("about habits", "about sleep"))
    applied = await desk.edit(unlocking, china(2, "19:40"))
    assert [row.step for row in applied.proposal.locked] == ["quiz", "quiz"]
    assert await desk.words("quiz/2026-05-19.0/g1") == "Today's quiz is about habits"

    daily = desk.sop(("title: Camp", "title: Camp\nlock_window: 0s"), ("How was your day", "How did it go"))
    await desk.edit(daily, china(2, "20:59"))
    assert await desk.words("daily/2026-05-19.0/g1") == "How did it go"


async def test_earlier_than_the_window_it_follows(desk: Desk) -> None:
    sop = desk.sop(("about habits", "about sleep"))

    applied = await desk.edit(sop, china(2, "19:54"))

    assert applied.proposal.locked == ()
    assert await desk.words("quiz/2026-05-19.0/g1") == "Today's quiz is about sleep"


async def test_edits_by_command_and_by_file_come_together(desk: Desk) -> None:
    running = await desk.editor.running("camp")
    await desk.edit(moved(running.sop, "quiz", "D2 20:30"), source="", own_ids=True)

    await desk.edit(desk.sop(("about habits", "about sleep")))

    key = "quiz/2026-05-19.0/g1"
    assert (await desk.rows())[key][1] == china(2, "20:30")
    assert await desk.words(key) == "Today's quiz is about sleep"


async def test_a_conflict_is_shown_and_settled(desk: Desk) -> None:
    running = await desk.editor.running("camp")
    await desk.edit(moved(running.sop, "quiz", "D2 20:30"), source="", own_ids=True)
    sop = desk.sop(("at: D2 20:00", "at: D2 21:00"))

    proposal = await desk.propose(sop)

    assert [(one.place, one.mine, one.theirs) for one in proposal.conflicts] == [
        ("quiz", {"at": "D2 20:30"}, {"at": "D2 21:00"})
    ]
    with pytest.raises(CampaignError):
        await desk.editor.apply(proposal, BEFORE)
    await desk.edit(sop, take={"quiz": "file"})
    assert (await desk.rows())["quiz/2026-05-19.0/g1"][1] == china(2, "21:00")


async def test_rows_without_ids_keep_their_deliveries_and_an_unsure_one_is_asked(desk: Desk) -> None:
    sop = desk.sop()
    renamed = replace(sop, steps=tuple(replace(step, id=f"row-{n}") for n, step in enumerate(sop.steps)))

    assert (await desk.propose(renamed)).empty

    twin = "      - {id: quiz2, at: D2 20:00, text: Today's quiz is about hobbies}\n      - {id: daily"
    await desk.edit(desk.sop(("      - {id: daily", twin)))
    one = as_rows(desk.sop(("{id: quiz,", "{id: row,"), ("about habits", "about hoppits")))
    asked = await desk.propose(one)
    (question,) = asked.questions
    assert (question.new, {candidate.old for candidate in question.candidates}) == ("row", {"quiz", "quiz2"})
    assert not asked.ok
    await desk.edit(one, answers={"row": "quiz"})
    assert await desk.words("quiz/2026-05-19.0/g1") == "Today's quiz is about hoppits"
    assert (await desk.rows())["quiz2/2026-05-19.0/g1"][0] is State.CANCELLED
    assert "row" in await _ids_after(desk, one, NEW)


def as_rows(sop: Sop) -> Sop:
    """Return `sop` as a sheet would give it: with rows, whose ids nobody wrote."""
    steps = (replace(step, source=Source(file="camp.xlsx", row=n + 2)) for n, step in enumerate(sop.steps))
    return replace(sop, steps=tuple(steps))


async def _ids_after(desk: Desk, sop: Sop, answer: str) -> list[str]:
    proposal = await desk.propose(sop, answers={"row": answer})
    assert proposal.examined is not None
    return [delivery.step for delivery in proposal.examined.request.plan.deliveries]


async def test_undo_brings_the_plan_back_and_sends_nothing_twice(desk: Desk) -> None:
    running = await desk.editor.running("camp")
    await desk.edit(skipped(running.sop, "vip"), source="", own_ids=True)
    await desk.edit(reworded((await desk.editor.running("camp")).sop, "quiz", "Short quiz"), source="", own_ids=True)
    await desk.set("hello/2026-05-18.0/g1", state="sent", next_part=1, token="t")
    assert "vip" not in await desk.said()

    for expected in (2, 1):
        running = await desk.editor.running("camp")
        target = undo_target("camp", running.history, None)
        assert target.number == expected
        sop = desk.editor.restored(running, target)
        await desk.edit(sop, china(1, "10:00"), source="", own_ids=True, restores=target.number)

    rows = await desk.rows()
    assert "vip" in await desk.said()
    assert rows["vip/2026-05-20.0/g2"][0] is State.PLANNED
    assert rows["hello/2026-05-18.0/g1"][0] is State.SENT
    assert await desk.words("quiz/2026-05-19.0/g1") == "Today's quiz is about habits"
    with pytest.raises(CampaignError):
        undo_target("camp", (await desk.editor.running("camp")).history, None)


async def test_two_people_who_edit_at_once_do_not_lose_an_edit(desk: Desk) -> None:
    proposal = await desk.propose(desk.sop(("about habits", "about sleep")))
    running = await desk.editor.running("camp")
    await desk.edit(skipped(running.sop, "vip"), source="", own_ids=True)

    with pytest.raises(CampaignError, match="meanwhile"):
        await desk.editor.apply(proposal, BEFORE)

    assert "vip" not in await desk.said()


async def test_a_campaign_that_is_over_is_not_edited(desk: Desk) -> None:
    await SqlCampaigns(desk.database).set_state("camp", CampaignState.CANCELLED)

    with pytest.raises(CampaignError):
        await desk.propose(desk.sop(("about habits", "about sleep")))


async def test_versions_tell_where_each_came_from(desk: Desk) -> None:
    await desk.edit(desk.sop(("about habits", "about sleep")), by="ann")
    running = await desk.editor.running("camp")
    await desk.edit(moved(running.sop, "quiz", "D2 20:30"), source="", own_ids=True, note="by hand")

    history = (await desk.editor.running("camp")).history

    assert [(v.number, v.source, v.by, v.note) for v in history] == [
        (1, "sops/camp.yaml", "", ""),
        (2, "sops/camp.yaml", "ann", ""),
        (3, "", "", "by hand"),
    ]
    assert [v.materials for v in history] == [history[0].materials] * 3
    assert set(history[0].materials) == {"sops/poster.png"}


async def test_a_picture_that_was_painted_anew_is_a_change(desk: Desk) -> None:
    (desk.folder / "sops" / "poster.png").write_bytes(b"another")

    proposal = await desk.propose(desk.sop())

    assert summary(proposal.changes) == "the materials of 1 steps change"
    assert not proposal.empty


async def test_an_edit_that_died_half_live_is_completed_by_the_next(desk: Desk) -> None:
    sop = desk.sop(("about habits", "about sleep"))
    await desk.edit(sop)
    old = await desk.editor.versions.unsent("camp")
    async with desk.database.write() as conn:  # as if the process had died before g2 was brought to the draft
        body = deliveries.c.content
        first = await conn.scalar(
            deliveries.select().with_only_columns(body).where(deliveries.c.key == "hello/2026-05-18.0/g2")
        )
        await conn.execute(update(deliveries).where(deliveries.c.key == "quiz/2026-05-19.0/g2").values(content=first))
        await conn.execute(update(campaign_groups).where(campaign_groups.c.group == "g2").values(plan_version=-2))

    proposal = await desk.propose(sop)

    assert (proposal.changes, proposal.groups) == ((), ("g2",))
    await desk.editor.apply(proposal, BEFORE)
    assert await desk.editor.versions.unsent("camp") == old


async def test_after_an_undo_the_unchanged_file_offers_its_change_again(desk: Desk) -> None:
    await desk.edit(desk.sop(("about habits", "about sleep")))
    running = await desk.editor.running("camp")
    first = running.history[0]
    await desk.edit(desk.editor.restored(running, first), source="", own_ids=True, restores=first.number)
    edited = desk.sop(("about habits", "about sleep"))

    proposal = await desk.propose(edited)
    assert len(proposal.counts.moved) == 2
    await desk.editor.apply(proposal, BEFORE)

    assert await desk.words("quiz/2026-05-19.0/g1") == "Today's quiz is about sleep"
    assert (await desk.propose(edited)).empty


async def test_after_an_undo_only_what_it_took_back_is_offered(desk: Desk) -> None:
    evening, sleep = ("How was your day", "How was it"), ("about habits", "about sleep")
    await desk.edit(desk.sop(evening))
    await desk.edit(desk.sop(evening, sleep))
    running = await desk.editor.running("camp")
    second = running.history[1]
    await desk.edit(desk.editor.restored(running, second), source="", own_ids=True, restores=second.number)
    await desk.edit(skipped((await desk.editor.running("camp")).sop, "hello"), source="", own_ids=True)

    proposal = await desk.propose(desk.sop(evening, sleep))

    assert (len(proposal.counts.moved), len(proposal.counts.inserted), proposal.conflicts) == (2, 0, ())


async def test_an_edit_is_linted_like_a_launch(desk: Desk) -> None:
    proposal = await desk.propose(
        desk.sop(("at: D2 20:00", "at: D2 20:30"), ("Today's quiz", "Until 20:10 今晚20:10截止"))
    )

    assert [(problem.level, problem.code) for problem in proposal.problems] == [("warning", "deadline-passed")]
    assert proposal.ok


async def test_an_error_of_lint_refuses_an_edit(desk: Desk) -> None:
    wrong = Problem(level="error", code="too-many-goals", message="Four goals.", where=Source(file="camp.yaml"))
    strict = replace(desk.editor, lint=lambda *_all: [wrong])

    proposal = await strict.prepare(Edit(campaign="camp", sop=desk.sop(("about habits", "about sleep"))), BEFORE)

    assert proposal.problems == (wrong,)
    with pytest.raises(CampaignError, match="can't be applied"):
        await strict.apply(proposal, BEFORE)
