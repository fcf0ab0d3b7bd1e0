"""The evening of a camp's first day on a real gateway: what a customer said and paid is reported, with a picture."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from groupbot import i18n, lifecycle
from tests.acceptance.chat_world import ROOMS, World, configured, running
from tests.acceptance.test_from_chat import claims
from tests.gateway.rig import Rig
from tests.torture.daemon import groupbot
from tests.unit.sop.workbook.build import books

CAMP = "早起营-20260518"
HELLO = "早上好，想报名的同学回复：我要报名"
TRACKING = """
[[tracking.stages]]
name = "signed_up"
keywords = ["我要报名"]
[[channels]]
name = "朋友圈"
groups = ["东1"]
"""


def workbook() -> bytes:
    front = [["活动名称", "早起营"], ["目的", "报名 2 人"]]
    rows = [
        ["阶段", "时间", "任务", "话术"],
        ["开营", "第1天 早9点", "开营欢迎", HELLO],
        ["第二天", "第2天 早8点", "读书", "今天读第二页"],
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
    i18n.use("en")
    yield
    i18n.use("zh")


async def a_day(world: World, config: Path) -> None:
    await world.send("Olga", "早起营.xlsx", workbook(), r"4 Drop it")
    await world.ask("Olga", "3", "Kept as sops/早起营.xlsx")
    await world.confirm("Olga", f"/活动 启动 早起营.xlsx 5月18日 东1 西1 编号={CAMP}", f"{CAMP} runs")
    await world.move(1, "09:00")
    await world.posted(HELLO, "东1 西1")
    await world.move(1, "09:05")
    await world.rig.act("join", room=f"{ROOMS['东1']}@chatroom", who=["c0"], by="bob")
    await world.type("customer", "我要报名", "东1")
    paid = ("c0", "paid", "--campaign", CAMP, "--amount", "2000", "--at", "2026-05-18 12:00")
    for line in (("mark", *paid), ("cost", CAMP, "朋友圈", "500", "--day", "2026-05-18")):
        told = await groupbot("track", *line, "--config", str(config))
        assert told.status == 0, told
    await world.move(1, "21:30")


async def test_the_evening_report_comes_with_its_picture(tmp_path, rig):
    folder = tmp_path / "project"
    folder.mkdir()
    config = configured(folder, rig)
    config.write_text(config.read_text("utf-8") + TRACKING, "utf-8")
    async with running(folder, rig, config) as world:
        await claims(world, config)
        await a_day(world, config)
        said = await world.hear(r"(?s)Report ·.*\.png", "ops")
        assert "报名 2 人: 1 of 2" in said
        assert "signed up 1" in said
        assert "Revenue ¥2,000" in said
        assert "ROI 300.0%" in said
        assert "Posts on time: 2 of 2" in said
        east = await world.hear(r"(?s)Report ·.*\.png", "east-ops")
        west = await world.hear(r"(?s)Report ·.*\.png", "west-ops")
        assert "Revenue ¥2,000" in east
        assert "Revenue" not in west
        assert not any("Revenue" in text for text in world.to_customers())
        again = await world.ask("Lena", f"/复盘 {CAMP} 今天 按=群", r"东1: joined 1, paid 1", "east-ops")
        assert "西1" not in again
    pictures = sorted((folder / "reports").glob("*.png"))
    assert len(pictures) >= 3
    with Image.open(io.BytesIO(pictures[0].read_bytes())) as image:
        assert image.width == 1080
    if kept := os.environ.get("KEEP_REPORTS"):  # to be looked at by a person
        shutil.copytree(folder / "reports", kept, dirs_exist_ok=True)
