"""Published funnels, from what happens in groups through the sums to the report; and visits that are told late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groupbot.desk.reporting import Reporting
from groupbot.reports.campaign.as_json import as_json
from groupbot.reports.campaign.funnel import rate_of, stages
from groupbot.reports.campaign.measures import measured
from groupbot.reports.campaign.values import By
from groupbot.settings import load
from groupbot.settings.tracking import StageSettings
from groupbot.storage.live_codes import SqlLiveCodes
from groupbot.storage.roll_starting import counted_otherwise
from groupbot.tracking.live_codes import LiveCode, Visits
from groupbot.tracking.metrics import Dimension
from groupbot.tracking.rolling import Rolling, rolling
from groupbot.tracking.rules import rules_of
from tests.contract.rollups.world import at, joined, wrote

CONFIG = '[database]\nurl = "sqlite:///groupbot.db"\n'


@pytest.fixture
def settings(tmp_path):
    """Return a reader of settings that hold what is written below `CONFIG`."""

    def read(more: str = ""):
        (tmp_path / "config.toml").write_text(CONFIG + more, "utf-8")
        return load(tmp_path / "config.toml", {})

    return read


async def visited(world, code: str, minute: float, count: int) -> None:
    await SqlLiveCodes(world.database).add_visits([Visits(code=code, minute=at(minute), group="g1", count=count)])


async def code(world, name: str, variant: str) -> None:
    new = LiveCode(code=name, channel="entry", variant=variant, pool="camp", created_at=at(0))
    assert await SqlLiveCodes(world.database).add(new)


async def test_coupons_taken_and_used(world):
    told = [
        StageSettings(name="took_coupon", of="joined", keywords=("领券",)),
        StageSettings(name="used_coupon", of="took_coupon", keywords=("已用券",)),
    ]
    world.rolling = Rolling(rules=rules_of(told))
    await world.campaign()
    members = [f"m{number}" for number in range(210)]
    await world.tell(*(joined(member, 1) for member in members))
    await world.tell(*(wrote(member, 5, "领券") for member in members[:199]), wrote("m0", 6, "领券"))
    await world.tell(*(wrote(member, 9, "已用券") for member in members[:131]))

    sums = measured({metric: n for (metric,), n in (await world.sums(Dimension.METRIC)).items()})

    assert (sums.people("took_coupon"), sums.people("used_coupon")) == (199, 131)
    assert rate_of(sums, stages(told), "used_coupon") == 0.6583


async def test_three_wordings_of_one_entry(world, settings):
    await world.campaign()
    for hour, (wording, joins) in enumerate((("first", 10), ("second", 20), ("third", 30))):
        await code(world, f"code-{wording}", wording)
        await visited(world, f"code-{wording}", 60 * hour, 40)
        await world.tell(*(joined(f"{wording}{number}", 60 * hour + 2 + number / 10) for number in range(joins)))
    reporting = Reporting(settings=settings(), database=world.database, clock=world.clock, rollups=world.rollups)

    report = as_json(await reporting.make(await reporting.wanted("spring", by=[By.VARIANT])), By.VARIANT)

    rates = {row["variant"]: (row["visits"], row["joined"], row["join_rate"]) for row in report["rows"]}
    assert rates == {"first": (40, 10, 0.25), "second": (40, 20, 0.5), "third": (40, 30, 0.75)}
    assert [round(new / old - 1, 4) for old, new in ((0.25, 0.5), (0.5, 0.75))] == [1.0, 0.5]


async def test_a_visit_that_is_told_after_its_join_was_counted_is_found(either):
    await either.campaign()
    await code(either, "late", "red")
    await either.tell(joined("ann", 12.2), joined("bob", 80), joined("cid", 12.5, group="g9"))
    assert await either.sums(Dimension.VARIANT, metrics=["stage:joined"]) == {("",): 2}

    await visited(either, "late", 12, 1)

    assert await either.sums(Dimension.VARIANT, metrics=["stage:joined"]) == {("red",): 1, ("",): 1}
    counted = await either.rows()
    await either.roller.rebuild("spring")
    assert await either.rows() == counted


async def test_it_is_known_which_campaigns_were_counted_by_older_settings(world, settings):
    now = world.clock.now()
    world.rolling = rolling(settings())
    await world.campaign()
    await world.rollups.refresh()

    async def older(told) -> list[str]:
        return list(await world.database.query(lambda conn: counted_otherwise(conn, rolling(told).digest, now)))

    assert await older(settings()) == await older(settings('[tracking]\ncurrency = "HKD"\n')) == []
    changed = settings('[tracking]\nreply_window_s = 60\n[[channels]]\nname = "poster"\nkeywords = ["红薯"]\n')
    assert await older(changed) == ["spring"]
    world.rolling = rolling(changed)
    await world.rollups.refresh()
    assert await older(changed) == ["spring"], "what was counted before stays as it was"

    await world.roller.rebuild("spring")

    assert await older(changed) == []
    world.clock.set(now + timedelta(days=60))
    now = world.clock.now()
    assert await older(settings()) == [], "it is over"
