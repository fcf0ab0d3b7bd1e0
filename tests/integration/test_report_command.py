"""The seed's case, from the command line: 500 sign up at 9.9 into a flash group, 100 of them buy a course at 2000."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook

from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.tracking.facts import Fact, FactKind
from tests.integration.conftest import Folder
from tests.integration.test_commands import launch

MEMBERS = [f"wx{number}" for number in range(500)]


def flash_group(folder: Folder) -> str:
    """Launch, let 500 join two groups, and take the orders of the shop's file; return the campaign's id."""
    campaign: str = launch(folder)["campaign"]
    asyncio.run(_join(folder.path))
    header = "订单号,用户ID,实付金额,支付时间,状态"
    now = f"{datetime.now():%Y-%m-%d %H:%M}"  # noqa: DTZ005 - as a shop writes it
    signed = [f"S{n},{member},￥9.9,{now},已支付" for n, member in enumerate(MEMBERS)]
    bought = [f"B{n},{member},2000元,{now},已支付" for n, member in enumerate(MEMBERS[::5])]
    for name, stage, rows in (("signed.csv", "signed_up", signed), ("bought.csv", "paid", bought)):
        (folder.path / name).write_text("\n".join((header, *rows)), "utf-8")
        folder.json("track", "orders", name, "--campaign", campaign, "--stage", stage)
    return campaign


async def _join(path: Path) -> None:
    database = Database(f"sqlite:///{path}/groupbot.db")
    now = datetime.now(UTC) + timedelta(seconds=1)
    joins = [
        Fact(at=now, kind=FactKind.JOIN, account="main", event_id=f"j{n}", group=f"camp-{1 + n % 2}", member=member)
        for n, member in enumerate(MEMBERS)
    ]
    await SqlFacts(database).append(joins, recorded_at=now)
    await database.close()


def test_the_flash_group_is_told_to_the_digit(folder):
    campaign = flash_group(folder)
    told = folder.json("report", campaign, "--by", "group")
    counts = {one["stage"]: (one["count"], one["rate"]) for one in told["funnel"]}
    assert counts["joined"] == (500, None)
    assert counts["signed_up"] == (500, 1.0)
    assert counts["paid"] == (100, 0.2)
    assert told["revenue"] == 204_950
    assert (told["cost"], told["roi"], told["cost_per_paid"]) == (None, None, None)
    assert [(row["group"], row["joined"]) for row in told["rows"]] == [("camp-1", 250), ("camp-2", 250)]
    assert sum(row["revenue"] for row in told["rows"]) == 204_950

    folder.json("track", "orders", "bought.csv", "--campaign", campaign)  # the same file again changes nothing
    assert folder.json("report", campaign)["revenue"] == 204_950

    folder.cli("report", campaign, "--xlsx", "r.xlsx", "--html", "r.html", "--png", "r.png", "--by", "member")
    assert (folder.path / "r.png").read_bytes().startswith(b"\x89PNG")
    assert "¥204,950" in (folder.path / "r.html").read_text("utf-8")
    with closing(load_workbook(folder.path / "r.xlsx", read_only=True)) as book:
        assert sum(1 for _row in book.worksheets[-1].rows) == 501

    narrow = Folder(folder.path, environ={"COLUMNS": "60"})  # no room for a table: lines of what was counted
    lines = narrow.cli("report", campaign, "--by", "group").stdout.splitlines()
    (first,) = (line for line in lines if line.startswith("camp-1: "))
    assert "joined 250 · " in first
    assert "attended" not in first


def test_what_is_asked_wrongly_is_refused_with_the_way_out(folder):
    campaign = launch(folder)["campaign"]
    assert "D3" in str(folder.json("report", campaign, "--day", "sometime", ok=False))
    assert "still to come" in str(folder.json("report", campaign, "--day", "2999-01-01", ok=False))
    assert "campaign list" in str(folder.json("report", "nobody", ok=False))
    assert "squad" in str(folder.json("report", campaign, "--squad", "nobody", ok=False))
    nothing = folder.json("report", campaign, "--day", "D1")
    assert all(one["rate"] is None for one in nothing["funnel"])
