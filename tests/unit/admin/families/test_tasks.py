"""/任务 over tasks in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groupbot.testing.events import NOON
from tests.unit.admin.task_fakes import task

TASKS = (
    task(1, "call the newcomers", minutes=-60, assignee="Opal"),
    task(2, "red packet", minutes=5, group="camp-1", assignee="Stan"),
    task(3, "moments", minutes=9, group="camp-2"),
    task(4, "greet", state="done", group="camp-1", done_by="Stan", done_at=NOON + timedelta(hours=2)),
)


@pytest.fixture
def book(chat):
    chat.tasks.tasks = {row.name: row for row in TASKS}
    return chat.tasks


async def test_my_tasks_are_mine(chat, book):
    told = await chat.type("/任务 我的")
    assert "call the newcomers" in told
    assert "red packet" not in told
    assert "no open tasks" in await chat.type("/task mine", by="u-owner")


async def test_the_first_option_ticks_off(chat, book):
    await chat.type("/任务 我的")
    assert await chat.type("1") == "Done by Opal: call the newcomers"
    assert book.tasks["camp/t1"].done_by == "Opal"


async def test_leaders_see_and_tick_off_what_is_their_squads(chat, book):
    told = await chat.type("/任务 列表", by="u-leader", group="g-east")
    assert ("red packet" in told, "moments" in told, "call" in told) == (True, False, False)
    assert await chat.type("/任务 完成 2", by="u-leader", group="g-east") == "Done by Lena: red packet"
    for number in (1, 3):
        refused = await chat.type(f"/任务 完成 {number}", by="u-leader", group="g-east")
        assert "outside your squad" in refused
    assert [row.state for row in book.tasks.values()] == ["open", "done", "open", "done"]


async def test_a_task_is_put_off_from_now(chat, book):
    assert "Put off" in await chat.type("/任务 顺延 3 30分钟")
    assert book.tasks["camp/t3"].due == NOON + timedelta(minutes=30)
    assert "no task 9" in await chat.type("/任务 顺延 9 30分钟")


async def test_the_report_tells_by_person(chat, book):
    told = await chat.type("/任务 报告")
    assert told.splitlines() == [
        "Opal: 0 done (0 late), 1 open (1 overdue)",
        "Stan: 1 done (1 late), 1 open (0 overdue)",
        "nobody: 0 done (0 late), 1 open (0 overdue)",
    ]


async def test_one_task_is_shown_whole(chat, book):
    assert "camp-1 Stan red packet" in await chat.type("/任务 看 2")
