"""Published funnels, to the digit; what can't be divided is not known instead of zero."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.reports.campaign.as_json import as_json
from groupbot.reports.campaign.funnel import funnel, rate_of, stages
from groupbot.reports.campaign.measures import each, measured, rate
from groupbot.reports.campaign.shown import DASH, money, share
from groupbot.reports.campaign.values import By
from groupbot.settings.tracking import StageSettings
from tests.unit.reports.campaign.figures import made, on_first_day, people, yuan


def test_the_flash_group_of_five_hundred_at_nine_ninety():
    sums = people(joined=500, signed_up=500, paid=100) | {
        "revenue:CNY": yuan("9.9") * 500 + yuan("2000") * 100,
        "cost:CNY": yuan("50000"),
    }
    told = as_json(made(by_day=on_first_day(sums)), By.DAY)
    paid = next(one for one in told["funnel"] if one["stage"] == "paid")
    assert (paid["count"], paid["rate"], paid["of"]) == (100, 0.2, "signed_up")
    assert told["revenue"] == 200_000 + 4_950
    assert told["roi"] == pytest.approx((204_950 - 50_000) / 50_000, abs=1e-4)
    assert told["cost_per_paid"] == 500


@pytest.mark.parametrize(
    ("whole", "part", "percent"),
    [(732, 298, "40.71"), (731, 295, "40.36"), (887, 656, "73.96"), (199, 131, "65.83"), (500, 100, "20.00")],
)
def test_published_rates(whole, part, percent):
    found = measured(people(joined=whole, paid=part))
    assert f"{100 * rate_of(found, stages(), 'paid'):.2f}" == percent


def test_makers_who_bought_at_an_average_price():
    found = measured(people(joined=732, paid=298) | {"revenue:CNY": 298 * yuan("124.5")})
    assert found.money_in("CNY").revenue == Decimal(37101)


def test_a_stage_of_ones_own_is_a_share_of_what_it_names():
    along = stages(
        [
            StageSettings(name="took_coupon", of="joined"),
            StageSettings(name="used_coupon", of="took_coupon", title="用券"),
        ]
    )
    found = measured(people(joined=400, took_coupon=199, used_coupon=131))
    assert [one.name for one in along].index("used_coupon") > [one.name for one in along].index("took_coupon")
    assert rate_of(found, along, "used_coupon") == 0.6583


def test_a_class_that_collected_phones():
    along = stages([StageSettings(name="signed_up", title="留电话")])
    found = measured(people(joined=137, signed_up=100, paid=8) | {"revenue:CNY": 8 * yuan("6000")})
    assert rate_of(found, along, "signed_up") == 0.7299
    assert rate_of(found, along, "paid") == 0.08
    assert found.money_in("CNY").revenue == 48_000


def test_nothing_is_divided_by_zero():
    told = as_json(made(by_day=on_first_day(people(paid=0))), By.DAY)
    assert all(one["rate"] is None for one in told["funnel"])
    assert [told[key] for key in ("cost", "roi", "cost_per_joined", "cost_per_paid", "first_reply_s")] == [None] * 5
    assert told["posts"]["on_time_rate"] is None
    assert (share(None), money(None, "CNY"), rate(3, 0), each(None, 5)) == (DASH, DASH, None, None)


def test_six_hundred_of_a_hundred_and_twenty_thousand():
    assert share(rate(600, 120_000)) == "0.5%"
    assert share(rate(6, 120_000)) == "0.01%"


@given(st.fixed_dictionaries({name.name: st.integers(0, 1000) for name in stages()}))
def test_no_rate_exceeds_one_whatever_was_written_down(counts):
    for one in funnel(measured(people(**counts)), stages()):
        assert one.rate is None or 0 <= one.rate <= 1


def test_refunds_come_off_and_a_second_currency_stands_apart():
    sums = {"revenue:CNY": yuan("100"), "refunds:CNY": yuan("30"), "revenue:USD": yuan("7.5")}
    told = as_json(made(by_day=on_first_day(sums)), By.DAY)
    assert (told["gross"], told["refunds"], told["revenue"]) == (100, 30, 70)
    assert told["other_currencies"] == {"USD": 7.5}


def test_money_in_one_other_currency_is_what_the_report_speaks_in():
    told = as_json(made(by_day=on_first_day({"revenue:HKD": yuan("8")})), By.DAY)
    assert (told["currency"], told["revenue"]) == ("HKD", 8)
