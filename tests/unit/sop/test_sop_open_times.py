"""Times that need the whole campaign: repetitions without an end, several nodes, a weekday beside a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from groupbot.sop.document import EventSpec, Sop, Step
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import Scheduled
from groupbot.sop.timenode import CampaignDay, EventDay, OnDay, TimeNode, days_of, needs_event, slots_of

from .plan_words import HERE, codes, planned, sop, step, times


def node(cell: str) -> TimeNode:
    when = read_time(cell).when
    assert isinstance(when, Scheduled)
    return when.node


def at(id: str, cell: str) -> Step:  # noqa: A002 - the SOP's own word
    return replace(step(id, "D1 08:00"), at=node(cell))


def days(made: Sop, id: str) -> list[str]:  # noqa: A002
    return [due[5:16] for due in times(planned(made), id)]


def test_a_repetition_without_an_end_stops_with_the_last_day_that_a_step_names() -> None:
    made = planned(sop(at("daily", "每天早9点"), at("end", "D3晚8点"), at("week", "每周二 12:00")))

    assert [due[8:10] for due in times(made, "daily")] == ["18", "19", "20"]
    assert times(made, "week") == ["2026-05-19T12:00+08:00"]
    assert all("2026-05-20" in delivery.assumptions[-1] for delivery in made.deliveries if delivery.step == "daily")


def test_without_any_day_it_goes_on_for_a_week() -> None:
    made = planned(sop(at("daily", "每天早9点"), step("after", "after daily +5m")))

    assert len(times(made, "daily")) == len(times(made, "after")) == 7
    assert "a week" in made.deliveries[0].assumptions[-1]


def test_the_sop_may_say_its_last_day() -> None:
    made = replace(sop(at("daily", "每天早9点"), at("end", "D9晚8点")), last_day=CampaignDay(number=2))

    assert days(made, "daily") == ["05-18T09:00", "05-19T09:00"]


def test_an_event_counts_as_a_day_of_the_campaign() -> None:
    assert len(days(sop(at("daily", "每天早9点"), at("live", "活动后一天"), event="D4 20:00"), "daily")) == 5
    assert len(days(sop(at("daily", "每天早9点"), at("live", "活动当天晚8点"), event="D4 20:00"), "daily")) == 4


def test_a_day_that_can_not_be_dated_is_told_at_its_own_step_only() -> None:
    made = planned(sop(at("daily", "每天早9点"), at("live", "活动前一天晚8点")))

    assert codes(made) == [("error", "no-event")]
    assert len(times(made, "daily")) == 7


def test_several_days_and_distances_are_all_planned_once() -> None:
    made = sop(at("s", "第1、3天晚8点、第4天早9点"), at("t", "开课前1天、3小时、10分钟"), event="D6 20:00")

    assert days(made, "s") == ["05-18T20:00", "05-20T20:00", "05-21T09:00"]
    assert days(made, "t") == ["05-22T20:00", "05-23T17:00", "05-23T19:50"]
    keys = [delivery.key for delivery in planned(made).deliveries]
    assert len(set(keys)) == len(keys)


def test_several_nodes_tell_their_days_and_clocks() -> None:
    both = node("D0 20:00、活动前一天晚9点")

    assert days_of(both) == (CampaignDay(number=0), EventDay(days=-1))
    assert [slot.start for slot in slots_of(both)] == [1200, 1260]
    assert needs_event(both)
    assert needs_event(node("开课前1天、3小时"))
    assert not needs_event(node("D1、D3 20:00"))


def test_a_day_zero_among_several_shifts_the_days_before_it() -> None:
    assert days(sop(at("a", "D0、D1 20:00"), at("b", "D-1 20:00")), "b") == ["05-16T20:00"]


def test_which_reading_of_the_days_before_the_first_was_taken_is_told() -> None:
    (plain,) = planned(sop(at("b", "D-1 20:00"))).deliveries

    assert "no D0" in plain.assumptions[0]
    assert "2026-05-17" in plain.assumptions[0]


def test_a_clock_of_the_next_day_is_planned_on_it() -> None:
    assert days(sop(at("s", "D1晚11点、次日早8点")), "s") == ["05-18T23:00", "05-19T08:00"]
    assert days(sop(at("s", "D1晚12点半")), "s") == ["05-19T00:30"]


def test_a_week_of_the_campaign_holds_each_weekday_once() -> None:
    assert days(sop(at("s", "第2周周三20:00")), "s") == ["05-27T20:00"]


def test_a_weekday_beside_a_date_is_compared() -> None:
    right, wrong = sop(at("s", "5月19日（周二）晚8点")), sop(at("s", "5月19日（周三）晚8点"))

    assert days(right, "s") == ["05-19T20:00"]
    made = planned(wrong)
    assert codes(made) == [("error", "bad-time")]
    assert "2026-05-19" in made.problems[0].message


def test_the_events_date_is_compared_too() -> None:
    when = node("5月20日（周一）20:00")
    assert isinstance(when, OnDay)
    made = replace(sop(step("s", "T-1h")), event=EventSpec(name="直播", at=when, source=HERE))

    assert ("error", "bad-time") in codes(planned(made))


def test_a_leap_day_and_the_turn_of_the_year_in_cells() -> None:
    leap, turn = (
        sop(at("s", "2月29日早9点")),
        sop(at("s", "12月31日晚11点半-次日0:30"), at("d", "12月30日-1月2日早9点")),
    )

    assert times(planned(leap, start=date(2027, 1, 1)), "s") == ["2028-02-29T09:00+08:00"]
    made = planned(turn, start=date(2026, 12, 1))
    assert made.deliveries[-1].due.date() == date(2027, 1, 2)
    (window,) = (delivery for delivery in made.deliveries if delivery.step == "s")
    assert window.until is not None
    assert window.until.isoformat(timespec="minutes") == "2027-01-01T00:30+08:00"
