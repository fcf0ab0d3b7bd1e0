"""A camp run from a phone: from the first code to the end, on a real gateway, and not a word of it to customers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from groupbot import i18n, lifecycle
from groupbot.delivery.values import State
from tests.acceptance.chat_world import World, configured, digits, running
from tests.gateway.rig import Rig
from tests.torture.daemon import groupbot
from tests.unit.sop.workbook.build import books

CAMP = "早起营-20260518"
ALL, EAST = "东1 东2 东3 西1 西2", "东1 东2 东3"
HELLO = "早上好，欢迎来到早起营，先说说你叫什么"
NOON = "中午好，记得把早上读的那一页拍下来"
TALK = "今晚的分享：为什么早起的人更从容"
NEW_TALK = "今晚的分享改了：早起的人先做什么"
SECOND = "今天读第二页，读完回一个 2"
BYE = "感谢大家，我们下期再见"


def workbook(last: str) -> bytes:
    """What the operator has on her desk; `last` is when the last words are said."""
    front = [["活动名称", "早起营"], ["目的", "每天早起读一页书"], ["锁定窗口", "5分钟"]]
    rows = [
        ["阶段", "时间", "任务", "话术", "负责人", "需审核"],
        ["开营", "第1天 早9点", "开营欢迎", HELLO, "", ""],
        ["开营", "第1天 中午12点", "午间提醒", NOON, "", ""],
        ["开营", "第1天 晚8点", "晚间分享", TALK, "", "提前3小时"],
        ["开营", "第1天 晚9点", "给打卡的同学发红包", "", "Lena", ""],
        ["第二天", "第2天 早8点", "读书", SECOND, "", ""],
        ["第二天", last, "结营", BYE, "", ""],
    ]
    return books({"活动说明": front, "排期": rows})


@pytest.fixture
def rig(tmp_path) -> Iterator[Rig]:
    rig = Rig(generation="new", folder=tmp_path / "gateway", rooms=9, contacts=1, echo=True)
    try:
        yield rig.start()
    finally:
        rig.stop()


@pytest.fixture(autouse=True)
def _quick(monkeypatch) -> Iterator[None]:
    monkeypatch.setenv("CHAT_TOKEN", "insecure_b6f0c9e2")
    monkeypatch.setattr(lifecycle, "CARDS_S", 0.2)
    monkeypatch.setattr(lifecycle, "REMINDERS_S", 0.2)
    i18n.use("en")
    yield
    i18n.use("zh")


async def claims(world: World, config: Path) -> None:
    """The owner's code comes from the terminal, everybody else's from the owner; each is used once."""
    told = await groupbot("people", "code", "Olga", "--config", str(config))
    [code] = set(re.findall(r"\b[2-9A-Z]{10}\b", told.out))
    await world.type("Olga", "/状态", "ops")
    await world.ask("Olga", f"/认领 {code}", "Olga", None)
    await world.ask("Olga", "/状态", "main online")
    for leader, chat in (("Lena", "east-ops"), ("Wen", "west-ops")):
        told_to_owner = await world.ask("Olga", f"/人员 认领码 {leader}", "/认领")
        [code] = re.findall(r"/认领 (\w+)", told_to_owner)
        await world.ask(leader, f"/认领 {code}", leader, None)
        await world.ask(leader, "/今天", "nothing|Nothing", chat)
    await world.type("customer", f"/认领 {code}")
    await world.type("customer", "/状态", "东1")
    await world.type("Olga", "/状态", "东1")


async def brings_the_workbook(world: World) -> None:
    """One version has a time that nobody can read; the next is kept."""
    said = await world.send("Olga", "早起营.xlsx", workbook("第2天 X点"), "error")
    assert "X点" in said
    assert not list((world.folder / "sops").iterdir())
    said = await world.send("Olga", "早起营.xlsx", workbook("第2天 晚8点"), r"4 Drop it")
    assert "早起营" in said
    await world.ask("Olga", "3", "Kept as sops/早起营.xlsx")


async def looks_at_it(world: World) -> None:
    """Day by day with a picture, and one day in words."""
    said = await world.ask("Olga", "/活动 预览 早起营.xlsx", r"\.png")
    assert "05-19" in said or "D2" in said
    assert NOON in await world.ask("Olga", "/活动 预览 早起营.xlsx 第1天", NOON)


async def launches(world: World) -> None:
    """On five groups; nothing is there before the digits are."""
    asked, done = await world.confirm("Olga", f"/活动 启动 早起营.xlsx 5月18日 {ALL} 编号={CAMP}", f"{CAMP} runs")
    assert "5 groups" in asked
    assert "25 deliveries" in asked
    assert "25 deliveries" in done
    await world.move(1, "09:00")
    await world.posted(HELLO, ALL)


async def one_squad_rests(world: World) -> None:
    """Its leader pauses it, and can't touch another; the others go on. What it missed a little is made up for."""
    for chat, line in (
        ("west-ops", f"/活动 暂停 {CAMP} 分组 东区"),
        ("west-ops", f"/活动 暂停 {CAMP}"),
        ("west-ops", f"/活动 暂停 {CAMP} 西1 东1"),
        ("west-ops", f"/步骤 补发 {CAMP} {step(world, '开营欢迎')} 东1"),
    ):
        await world.ask("Wen", line, "outside your squad", chat)
    await world.ask("Wen", f"/活动 暂停 {CAMP} 分组 西区", "another squad's group", "east-ops")
    await world.ask("Wen", f"/活动 取消 {CAMP}", "no right", "west-ops")
    await world.ask("Wen", f"/活动 暂停 {CAMP} 分组 西区", "paused in 2 groups", "west-ops")
    await world.move(1, "12:00")
    await world.posted(NOON, EAST)
    await world.move(1, "12:10")
    await world.confirm("Wen", f"/活动 恢复 {CAMP} 分组 西区", "goes on in", "west-ops")
    await world.posted(NOON, ALL)


async def changes_a_step(world: World) -> None:
    """Other words for one, another time for the other."""
    await world.ask("Olga", f"/步骤 列表 {CAMP}", "读书")
    talk, read = step(world, "晚间分享"), step(world, "读书")
    asked, _done = await world.confirm("Olga", f"/步骤 改话术 {CAMP} {talk} {NEW_TALK}", f"{CAMP} is changed")
    assert "5 changed" in asked
    await world.confirm("Olga", f"/步骤 改时间 {CAMP} {read} 第2天 早8点半", f"{CAMP} is changed")


async def approves(world: World) -> None:
    """Shown three hours ahead as it will look; before the word nothing goes out, and the old words never."""
    before = len(world.posts("ops"))
    await world.move(1, "17:01")
    asked = await world.hear("1 Approve", "ops", before)
    assert NEW_TALK in asked
    await world.move(1, "20:01")
    await world.until_all(CAMP, State.HELD, ALL)
    assert world.where(NEW_TALK) == []
    await world.ask("Olga", f"#{number(asked)} 1", "Approved")
    await world.posted(NEW_TALK, ALL)


async def says_what_looks_like_a_command(world: World) -> None:
    """The gateway echoes what the bot posts, before anything that is typed later; an echo is no command."""
    line = f"/活动 取消 {CAMP}"
    asked = await world.ask("Olga", f"/发送 ops {line}", r"Reply \d{4}")
    await world.ask("Olga", digits(asked), rf"(?m)^{line}$")
    await world.ask("Olga", "/活动 列表", f"{CAMP} · running")
    assert "for good" not in "\n".join(world.posts("ops"))


async def ticks_a_task(world: World) -> None:
    """It comes to Lena's phone when it is due."""
    await world.move(1, "21:00")
    asked = await world.hear("Task due for Lena", "Lena")
    assert "红包" in asked
    await world.ask("Lena", f"#{number(asked)} 1", "Done by Lena", None)
    assert "Lena: 1 done" in await world.ask("Olga", "/任务 报告", "1 done")


async def settles_what_nobody_knows(world: World) -> None:
    """The gateway dies with one post in its hands. The leader of that group says what became of it, by one digit."""
    await world.rig.act("hang", to="x6@chatroom", on=True)
    await world.move(2, "08:30")
    before = len(world.posts("west-ops"))
    await world.until_all(CAMP, State.SENDING, "西1")
    world.rig.kill()
    await asyncio.to_thread(world.rig.start)
    await world.move(2, "08:33")
    asked = await world.hear("nobody knows whether it was posted", "west-ops", before)
    assert "西1" in asked
    await world.ask("Wen", f"#{number(asked)} 2", "Goes out now: 1", "west-ops")
    await world.posted(SECOND, ALL)


async def hands_over(world: World) -> None:
    """One document from which a newcomer goes on; and who did what."""
    said = await world.ask("Olga", "/交接", r"\.html")
    assert "Handover of " in said
    [page] = world.folder.rglob("handover*.html")
    document = page.read_text("utf-8")
    assert CAMP in document
    assert "Lena" in document
    assert "Wen" in await world.ask("Olga", "/审计 Wen", "refused")


async def finishes(world: World) -> None:
    """The last words, and nothing left to do."""
    await world.move(2, "20:00")
    await world.posted(BYE, ALL)
    await world.ask("Olga", f"/活动 查看 {CAMP}", "finished")


CHAPTERS = (
    brings_the_workbook,
    looks_at_it,
    launches,
    one_squad_rests,
    changes_a_step,
    approves,
    says_what_looks_like_a_command,
    ticks_a_task,
    settles_what_nobody_knows,
    hands_over,
    finishes,
)


async def test_a_camp_is_run_from_chat(tmp_path, rig):
    project = tmp_path / "project"
    project.mkdir()
    config = configured(project, rig)
    async with running(project, rig, config) as world:
        await claims(world, config)
        for chapter in CHAPTERS:
            await chapter(world)
        assert world.to_customers() == {HELLO, NOON, NEW_TALK, SECOND, BYE}
        assert world.posts("customer") == world.posts("西3") == []


def step(world: World, title: str) -> str:
    """Return the id of the step called so, as the chat has shown it."""
    found = re.search(rf"{title}-\w+", "\n".join(world.posts("ops")))
    assert found, title
    return found[0]


def number(asked: str) -> str:
    """Return the number of the question that was asked last."""
    return re.findall(r"^#(\d+) ", asked, re.MULTILINE)[-1]
