"""Orders, attendance, marks, costs and channels over a real store: by the desk, from chat, and on the command line."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from groupbot.admin.conversion_desk import CostAsked, ListAsked, ListKind, MarkAsked
from groupbot.admin.families.conversion_words import read_lines
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import Campaign
from groupbot.chat.adapter import Received
from groupbot.cli import app
from groupbot.desk.conversions import ConversionOffice
from groupbot.errors import GroupbotError
from groupbot.settings import Settings
from groupbot.storage import migrate
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.conversions import SqlConversions
from groupbot.storage.engine import Database
from groupbot.storage.rollups import SqlRollups
from groupbot.storage.tables import (
    campaign_groups,
    campaigns,
    channel_marks,
    contact_tails,
    members,
    metadata,
    rollups,
)
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON
from tests.unit.admin.conftest import SETTINGS, Chat

SEATS = (
    *(("camp-1", "ann", "Ann"), ("camp-2", "ann-2", "Ann"), ("camp-1", "bob", "Bob")),
    *(("camp-2", "cy", "Cy"), ("camp-2", "dan", "Dan")),
)
ORDERS = f"""订单号,支付时间,实付金额,昵称,手机号,状态,渠道
A1,{NOON:%Y-%m-%d} 20:00,2000,Bob,13800001111,已支付,poster
A2,{NOON:%Y-%m-%d} 20:01,￥1.2万,Ann,,已支付,
A3,{NOON:%Y-%m-%d} 20:02,99,Cy,,已退款,nowhere
A4,{NOON:%Y-%m-%d} 20:03,99,Cy,,待付款,
A5,{NOON:%Y-%m-%d} 20:04,5,Stranger,13899992222,已支付,
合计,,14203,,,,
""".encode("gb18030")


def settings_with_channels() -> Settings:
    channels = [
        {"name": "poster", "title": "海报", "plan": {"reach": 1_000, "join_rate": "0.25", "cost": "3000"}},
        {"name": "live", "plan": {"reach": 0}},
    ]
    told = SETTINGS.model_dump(mode="json", exclude_defaults=True) | {"channels": channels}
    return Settings.model_validate(told)


async def filled(database: Database) -> None:
    store = SqlCampaigns(database)
    more = {"sop": "s", "title": "S", "version": "v", "timezone": "Asia/Shanghai"}
    await store.open_draft(Campaign(id="camp", start=NOON.date(), created_at=NOON, **more))
    async with database.write() as conn:
        await conn.execute(update(campaigns).values(state="running"))
        await conn.execute(insert(campaign_groups), [{"campaign": "camp", "group": f"camp-{n}"} for n in (1, 2)])
        seats = [{"group": group, "member": one, "name": name, "joined_at": NOON} for group, one, name in SEATS]
        await conn.execute(insert(members), seats)


@pytest.fixture
async def database(tmp_path):
    made = Database(f"sqlite:///{tmp_path}/groupbot.db")
    async with made.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    await filled(made)
    yield made
    await made.close()


@pytest.fixture
def office(database):
    settings, clock = settings_with_channels(), FakeClock(NOON + timedelta(days=2))

    async def fetch(_account, message_id, _most):
        return Received(data=ORDERS, name=f"{message_id}.csv")

    return ConversionOffice(database, clock, lambda: settings, SqlRollups(database), fetch)


def orders(data=ORDERS, **more):
    return ListAsked(**{"data": data, "file": "o.csv", "kind": ListKind.ORDERS, "by": "Olga"} | more)


async def counted(database):
    keys = ("order:A1", "order:A2", "order:A3", "order:A5", "refund:A3")
    stored = (await SqlConversions(database).of_keys("camp", keys)).values()
    return {one.conversion.key: one.conversion.amount for one in stored if one.undone_at is None}


async def column(database, chosen):
    async with database.read() as conn:
        return list((await conn.execute(select(chosen))).scalars())


async def test_a_list_is_looked_at_then_taken_once(office, database):
    seen = await office.read(orders(), write=False)
    assert await counted(database) == {}
    done = await office.read(orders(), write=True)
    assert list(seen.counts.values()) == list(done.counts.values()) == [2, 0, 0, 2, 2]
    assert done.money == {"CNY": (Decimal(2099), Decimal(99))}
    assert done.strange_channels == ("nowhere",)
    assert await counted(database) == {"order:A1": 2000, "order:A3": 99, "refund:A3": 99}
    assert await column(database, channel_marks.c.member) == ["bob"]
    again = await office.read(orders(), write=True)
    assert list(again.counts.values()) == [0, 0, 2, 2, 2]
    assert len(await office.proposals()) == 2


async def test_a_correction_takes_the_place_of_what_was(office, database):
    await office.read(orders(), write=True)
    mended = await office.read(orders(ORDERS.replace(b",2000,", b",1999,")), write=True)
    assert list(mended.counts.values()) == [0, 1, 1, 2, 2]
    assert (await counted(database))["order:A1"] == 1999


async def test_what_was_taken_back_stays_so_until_it_is_asked_for(office, database):
    await office.read(orders(), write=True)
    assert (await office.undo("order:A1", by="Olga")).amount == 2000
    again = await office.read(orders(), write=True)
    assert [one.code for one in again.outcomes] == ["undone", "", "", "not-paid", "", "total"]
    assert "order:A1" not in await counted(database)
    assert list((await office.read(orders(again=True), write=True)).counts.values()) == [1, 0, 1, 2, 2]
    assert (await counted(database))["order:A1"] == 2000
    with pytest.raises(GroupbotError, match="Nothing counts under"):
        await office.undo("order:A9", by="Olga")


async def test_doubtful_rows_are_settled_once_and_stay_so(office, database):
    await office.read(orders(), write=True)
    ann, stranger = await office.proposals()
    assert ann.candidates == ("ann", "ann-2")
    for wrong in ("nobody", "Ann"):
        with pytest.raises(GroupbotError, match=r"is called nobody|members are called Ann"):
            await office.settle({ann.id: "ann-2", stranger.id: wrong}, by="Olga")
    assert len(await office.proposals()) == 2
    (done,) = await office.settle({ann.id: "ann-2", stranger.id: ""}, by="Olga")
    assert (done.key, done.member, done.group, done.amount) == ("order:A2", "ann-2", "camp-2", 12_000)
    with pytest.raises(GroupbotError, match="not open"):
        await office.settle({ann.id: "ann"}, by="Olga")
    again = await office.read(orders(), write=True)
    assert [one.code or one.fate.value for one in again.outcomes] == [
        *("known", "known", "known", "not-paid", "dropped", "total")
    ]
    assert await office.proposals() == []


async def test_a_doubt_that_a_later_list_settles_waits_for_nobody(office, database):
    await office.read(orders(), write=True)
    told = ORDERS.decode("gb18030").replace("Stranger", "Dan").encode("gb18030")
    await office.read(orders(told), write=True)
    assert (await counted(database))["order:A5"] == 5
    assert [one.key for one in await office.proposals()] == ["order:A2"]


async def test_money_that_went_back_is_no_payment_below_zero(office):
    back = await office.mark(MarkAsked(campaign="camp", member="bob", stage="refunded", amount="-9"))
    assert (back.what, back.amount) == ("refunded", 9)
    with pytest.raises(GroupbotError, match="refunded"):
        await office.mark(MarkAsked(campaign="camp", member="bob", stage="paid", amount="-9"))


async def test_orders_from_before_the_campaign_are_told(office):
    old = f"{NOON - timedelta(days=400):%Y-%m-%d}".encode()
    seen = await office.read(orders(ORDERS.replace(f"{NOON:%Y-%m-%d} 20:00".encode(), old)), write=False)
    assert (seen.early, seen.began) == (1, NOON.date())
    assert "1 of them are from before" in "\n".join(read_lines(seen))
    assert (await office.read(orders(), write=False)).early == 0


async def test_a_cost_that_counts_already_is_told_as_it_counts(office):
    for amount in ("10", "20"):
        told = await office.spend(CostAsked(campaign="camp", channel="", amount=amount, key="k1"))
    assert (told.amount, told.is_new) == (10, False)


async def test_an_order_is_taken_back_with_its_refund(office, database):
    await office.read(orders(), write=True)
    told = await office.undo("order:A3", "camp", by="Olga")
    assert told.also == "refund:A3"
    assert await counted(database) == {"order:A1": 2000}
    again = await office.read(orders(), write=True)
    assert [one.code for one in again.outcomes if one.key == "order:A3"] == ["undone"]


async def test_an_attendance_that_was_settled_is_known(office):
    data = f"昵称,到课,签到时间\nAnn,是,{NOON:%Y-%m-%d} 20:00\nBob,是,{NOON:%Y-%m-%d} 20:00\n".encode()
    asked = orders(data, kind=ListKind.ATTENDANCE, stage="attended")
    assert list((await office.read(asked, write=True)).counts.values()) == [1, 0, 0, 1, 0]
    (one,) = await office.proposals()
    assert [done.what for done in await office.settle({one.id: "ann"}, by="Olga")] == ["attended"]
    assert list((await office.read(asked, write=True)).counts.values()) == [0, 0, 2, 0, 0]


async def test_tails_tell_who_paid_and_no_number_is_kept(office, database):
    tails = "昵称,手机号\nDan,13899992222\nAnn,13800003333\n".encode()
    done = await office.read(orders(tails, kind=ListKind.TAILS), write=True)
    assert list(done.counts.values()) == [1, 0, 0, 0, 1]
    assert await column(database, contact_tails.c.tail) == ["2222"]
    found = await office.read(orders(), write=True)
    assert [one.member for one in found.outcomes][4] == "dan"


async def test_marks_and_costs(office, database):
    mark = MarkAsked(campaign="", member="Bob", stage="报名", amount="9.9", at="5-1 20:00", key="form:1", by="Olga")
    told = await office.mark(mark)
    assert (told.member, told.group, told.what, told.amount, told.currency) == (
        "bob",
        "camp-1",
        "signed_up",
        Decimal("9.9"),
        "CNY",
    )
    assert not (await office.mark(mark)).is_new
    for wrong in ({"stage": "joined"}, {"stage": "nothing"}, {"member": "Ann"}, {"member": "Eve"}, {"amount": "2千5"}):
        with pytest.raises(GroupbotError):
            await office.mark(MarkAsked(**{"campaign": "", "member": "Bob", "stage": "paid", "by": "Olga"} | wrong))
    spent = await office.spend(CostAsked(campaign="", channel="poster", amount="1.2万", by="Olga"))
    assert await column(database, rollups.c.n) == [120_000_000]
    await office.undo(spent.key, by="Olga")
    assert await column(database, rollups.c.n) == []
    called = await office.spend(CostAsked(campaign="", channel="海报", amount="5", by="Olga"))
    assert called.title == "海报 · cost"
    assert await column(database, rollups.c.channel) == ["poster"]
    with pytest.raises(GroupbotError, match="no channel"):
        await office.spend(CostAsked(campaign="", channel="elsewhere", amount="1", by="Olga"))


async def test_single_orders_are_no_campaign_and_rows_of_all_campaigns_are_listed(office, database):
    await office.read(orders(), write=True)
    store = SqlCampaigns(database)
    more = {"sop": "s", "title": "S", "version": "v", "timezone": "Asia/Shanghai", "created_at": NOON}
    for name in (ONE_OFF, "other"):
        await store.open_draft(Campaign(id=name, start=NOON.date(), **more))
        async with database.write() as conn:
            await conn.execute(update(campaigns).values(state="running"))
        if name == ONE_OFF:
            assert (await office.campaign("")).id == "camp"
    with pytest.raises(GroupbotError) as told:
        await office.campaign("")
    assert ONE_OFF not in told.value.hint
    _ann, stranger = await office.proposals()
    (taken,) = await office.settle({stranger.id: "Bob"}, by="Olga")
    assert (taken.member, taken.shown, taken.title) == ("bob", "Bob", "paid")


async def test_the_plan_beside_what_came_of_it(office, database):
    joined = {"campaign": "camp", "day": "2026-05-18", "metric": "stage:joined", "group": "camp-1", "variant": ""}
    async with database.write() as conn:
        await conn.execute(insert(rollups).values(**joined, channel="poster", n=40))
    await office.spend(CostAsked(campaign="", channel="poster", amount="1000", by="Olga"))
    poster, live, total = await office.plan()
    assert (poster.joins, poster.groups, poster.cost_per_join) == (250, 2, Decimal("12.00"))
    assert (poster.joined, poster.spent, poster.spent_per_join) == (40, 1000, Decimal("25.00"))
    assert (live.joins, live.groups, live.cost_per_join, live.spent_per_join) == (None, None, None, None)
    assert (total.joins, total.groups, total.joined, total.spent) == (250, 2, 40, 1000)


def confirmation(shown):
    return re.findall(r"\b[0-9]{4}\b", shown)[-1]


@pytest.fixture
def chat(office):
    made = Chat()
    object.__setattr__(made.room.services, "conversions", office)
    return made


async def test_a_file_is_imported_from_chat_and_its_doubts_are_settled_in_one_line(chat, office, database):
    shown = await chat.type("/转化 导入 订单", quoted_id="m-orders")
    assert "taken 2" in shown
    assert await counted(database) == {}
    assert "proposed 2" in await chat.type(confirmation(shown))
    assert (await counted(database))["order:A1"] == 2000
    first, second = await office.proposals()
    listed = await chat.type("/转化 待定")
    assert f"#{first.id} Ann paid 12000 CNY: a=ann b=ann-2" in listed
    told = await chat.type(f"/转化 认定 {first.id}b {second.id}-")
    assert "ann-2" in told
    assert "1 row is dropped" in told
    assert (await counted(database))["order:A2"] == 12_000


async def test_money_is_for_operators_and_leaders_act_for_their_squad(chat, office, database):
    await office.read(orders(), write=True)
    leader = {"by": "u-leader", "group": "g-east"}
    assert "bob" in await chat.type("/转化 标记 Bob 报名", **leader)
    assert "Money is for operators" in await chat.type("/转化 标记 Bob 付费 2000", **leader)
    assert "outside your squad" in await chat.type("/转化 标记 Cy 报名", **leader)
    assert "outside your squad" in await chat.type("/转化 渠道 Cy poster", **leader)
    assert "Money is for operators" in await chat.type("/转化 撤销 order:A1", **leader)
    assert "poster" in await chat.type("/转化 渠道 Bob poster", **leader)
    assert "four digits" in await chat.type("/转化 尾号 Bob 13800007777", **leader)
    assert await column(database, contact_tails.c.tail) == ["7777"]
    assert "7777" not in repr([entry.detail for entry in chat.audit.entries])
    asked = await chat.type("/转化 撤销 order:A1")
    assert "Takes back" in asked
    assert "order:A1" in await counted(database)
    assert "Taken back" in await chat.type(confirmation(asked))
    assert "order:A1" not in await counted(database)


ROOT = Path(__file__).parents[2]
CONFIG = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "camp-1"
account = "main"
id = "r1"
[[channels]]
name = "poster"
plan = {reach = 1000, join_rate = 0.25, cost = 3000}
"""


def test_on_the_command_line(tmp_path, monkeypatch):
    async def prepared() -> None:
        made = Database(f"sqlite:///{tmp_path}/groupbot.db")
        await migrate.upgrade(made, ROOT / "migrations")
        await filled(made)
        await made.close()

    asyncio.run(prepared())
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "orders.csv").write_bytes(ORDERS)
    monkeypatch.chdir(tmp_path)
    looked = ask("track", "orders", "orders.csv", "--campaign", "camp", "--dry-run")
    assert (looked["written"], looked["rows"], sum(looked["counts"].values())) == (False, 6, 6)
    done = ask("track", "orders", "orders.csv", "--campaign", "camp")
    assert done["counts"] == {"taken": 2, "changed": 0, "known": 0, "proposed": 2, "rejected": 2}
    assert done["money"] == {"CNY": {"paid": "2099", "refunded": "99"}}
    left = done["outcomes"][3]
    assert (left["where"], left["outcome"], left["code"]) == (
        {"file": "orders.csv", "sheet": "", "row": 5, "column": "F"},
        "rejected",
        "not-paid",
    )
    first, second = ask("track", "proposals", "list")
    assert [one["member"] for one in ask("track", "proposals", "take", str(first["number"]), "ann")] == ["ann"]
    assert ask("track", "proposals", "drop", str(second["number"])) == {"dropped": [second["number"]]}
    assert ask("track", "orders", "orders.csv")["counts"]["known"] == 3
    assert ask("track", "undo", "order:A1")["undone"]
    assert ask("track", "mark", "Bob", "paid", "--amount", "2000", "--key", "form:1")["amount"] == "2000"
    assert ask("track", "channel", "Bob", "poster") == {"campaign": "camp", "member": "bob", "group": "camp-1"}
    assert ask("track", "same", "Bob", "Cy")["member"] == "bob"
    assert ask("track", "same", "cy", "--undo")["member"] == "cy"
    assert ask("track", "cost", "camp", "poster", "500", "--day", "2026-05-18", "--key", "c1")["at"] == "2026-05-18"
    poster, unknown = ask("track", "plan", "camp")["channels"]
    assert (unknown["channel"], unknown["joined"]) == (None, 4)
    assert (poster["planned_joins"], poster["groups_needed"], poster["spent"], poster["spent_per_join"]) == (
        250,
        2,
        "500",
        "500.00",
    )
    for words in (("orders", "orders.csv"), ("proposals", "list"), ("plan",), ("mark", "Bob", "attended")):
        shown = CliRunner().invoke(app, ["track", *words])
        assert shown.exit_code == 0, shown.output
    assert CliRunner().invoke(app, ["track", "undo", "order:A1"]).exit_code == 1
    undone = [one["detail"] for one in ask("audit", "list") if one["action"] == "track undo"]
    assert undone == ["camp order:A1 paid bob 2000 CNY"]


def ask(*words):
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
