"""Rows, days, cohorts and what to look at: each view of a report adds up to the same total."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from groupbot.reports.campaign.as_json import as_json
from groupbot.reports.campaign.funnel import stages
from groupbot.reports.campaign.measures import added
from groupbot.reports.campaign.report import report
from groupbot.reports.campaign.tables import tables
from groupbot.reports.campaign.values import By, ChannelPlanned, Incidents, Posts, ReportFacts, StepFigures
from groupbot.reports.campaign.words import money_line, people_line, rows_text
from groupbot.reports.tasks import PersonTasks
from groupbot.sop.document import Goal
from tests.unit.reports.campaign.figures import FIRST, campaign, made, on_first_day, people, yuan

CELLS = st.dictionaries(
    st.tuples(
        st.sampled_from(["2026-05-18", "2026-05-19"]),
        st.sampled_from(["stage:joined", "stage:paid", "revenue:CNY", "messages"]),
        st.sampled_from(["g1", "g2", "g3"]),
        st.sampled_from(["", "poster", "moments"]),
        st.sampled_from(["", "A", "B"]),
    ),
    st.integers(0, 500),
    max_size=40,
)


def lines(cells, place):
    summed = Counter()
    for key, n in cells.items():
        summed[key[place], key[1]] += n
    return added(summed)


@given(CELLS)
def test_every_view_adds_up_to_the_total(cells):
    told = report(
        ReportFacts(
            campaign=campaign(g1="east", g2="east", g3=""),
            currency="CNY",
            stages=stages(),
            today=date(2026, 5, 19),
            by_day=lines(cells, 0),
            lines={By.GROUP: lines(cells, 2), By.CHANNEL: lines(cells, 3), By.VARIANT: lines(cells, 4)},
        )
    )
    for by in (By.DAY, By.GROUP, By.SQUAD, By.CHANNEL, By.VARIANT):
        rows = as_json(told, by)["rows"]
        whole = as_json(told, by)
        for key in ("paid", "joined"):
            assert sum(row[key] for row in rows) == next(one["count"] for one in whole["funnel"] if one["stage"] == key)
        assert sum(row["messages"] for row in rows) == whole["messages"]
        assert round(sum(row["revenue"] for row in rows), 4) == round(whole["revenue"], 4)


def test_a_squad_stands_there_while_nothing_came_of_its_groups():
    facts = ReportFacts(
        campaign=campaign(g1="east", g2="west", g3=""),
        currency="CNY",
        stages=stages(),
        today=date(2026, 5, 19),
        by_day={},
        lines={By.GROUP: {"g1": people(joined=3)}},
    )
    assert [row.key for row in report(facts).rows[By.SQUAD]] == ["east", "west"]


def test_a_day_stands_beside_the_day_before_it():
    by_day = {"2026-05-18": people(joined=100), "2026-05-19": people(joined=130, left=4)}
    told = made(by_day=by_day, today=date(2026, 5, 20), day=date(2026, 5, 19))
    assert (told.measures.people("joined"), told.before.people("joined"), told.overall.people("joined")) == (
        130,
        100,
        230,
    )
    assert [row["day"] for row in as_json(told, By.DAY)["rows"]] == ["2026-05-19"]


def test_planned_channels_stand_there_before_anybody_came():
    told = made(
        by_day={},
        lines={By.CHANNEL: {}},
        planned=(ChannelPlanned(name="poster", title="8号海报", joins=50, cost=None),),
    )
    (row,) = as_json(told, By.CHANNEL)["rows"]
    assert (row["channel"], row["joined"], row["planned_joins"], row["planned_cost"]) == ("poster", 0, 50, None)


def test_who_came_from_nowhere_known_is_a_row_of_its_own():
    told = made(by_day=on_first_day(people(joined=3)), lines={By.CHANNEL: {"": people(joined=3)}})
    assert [row["channel"] for row in as_json(told, By.CHANNEL)["rows"]] == [None]


def test_cohorts_tell_what_became_of_those_who_joined_on_a_day():
    told = made(by_day=on_first_day({"cohort:joined": 40, "cohort:paid": 10, "stage:joined": 40}))
    assert as_json(told, By.DAY)["cohorts"] == [{"day": str(FIRST), "joined": 40, "paid": 10}]


def test_who_wrote_on_two_days_wrote_once():
    days = {"2026-05-18": people(joined=9, replied=9) | {"active": 9}, "2026-05-19": {"active": 8}}
    told = {day: people_line(made(by_day=days, today=date(2026, 5, 19), day=day)) for day in (None, date(2026, 5, 19))}
    assert "wrote 9 " in told[None]
    assert "wrote 8 " in told[date(2026, 5, 19)]


def test_payers_of_a_day_are_no_share_of_fewer_who_joined_on_it():
    told = made(by_day=on_first_day(people(joined=2, paid=9)))
    assert "%" not in rows_text(told, By.DAY)


def test_money_in_another_currency_is_told_beside():
    told = made(by_day=on_first_day({"cost:CNY": yuan("5"), "cost:USD": yuan("7"), "revenue:CNY": yuan("10")}))
    assert "$7" in money_line(told)
    assert as_json(told, By.DAY)["other_costs"] == {"USD": 7}


def test_rates_of_variants_are_no_verdict_while_an_experiment_runs():
    lines = {By.VARIANT: {"A": people(joined=3), "B": people(joined=3)}}
    told = made(by_day=on_first_day(people(joined=6)), lines=lines, experiments=("words",))
    assert "words" in rows_text(told, By.VARIANT)
    assert "words" not in rows_text(told, By.DAY)
    assert as_json(told, By.VARIANT)["experiments_running"] == ["words"]
    assert "words" in next(table.note for table in tables(told, [By.VARIANT]))


def test_steps_come_with_who_saw_and_answered_them():
    told = made(
        by_day=on_first_day({"asked:D1-am": 80, "answered:D1-am": 20}),
        steps=(StepFigures(step="D1-am", posts=Posts(on_time=2)), StepFigures(step="D1-pm", posts=Posts(late=1))),
    )
    rows = as_json(told, By.STEP)["rows"]
    assert [(row["step"], row["rate"], row["on_time_rate"]) for row in rows] == [
        ("D1-am", 0.25, 1.0),
        ("D1-pm", None, 0.0),
    ]


class TestWhatToLookAt:
    def test_a_calm_day_has_nothing(self):
        assert made(by_day=on_first_day(people(joined=50, paid=5))).outlook == ()

    def test_at_most_three_and_the_most_urgent_first(self):
        told = made(
            Goal(text="报名 100 人"),
            by_day=on_first_day(people(joined=90, signed_up=1, left=9)),
            today=date(2026, 5, 22),
            lines={By.GROUP: {"g1": people(joined=90, left=9)}},
            posts=Posts(on_time=5, late=5, open=2),
            incidents=Incidents(open=1),
            tasks=(PersonTasks(name="小李", open=3, overdue=2),),
        )
        assert len(told.outlook) == 3
        assert "2" in told.outlook[0]
        assert "100" in told.outlook[2]

    def test_a_channel_that_only_cost(self):
        told = made(
            by_day=on_first_day(people(joined=10)),
            lines={By.CHANNEL: {"poster": people(joined=10) | {"cost:CNY": yuan("300")}}},
        )
        assert any("poster" in text and "¥300" in text for text in told.outlook)

    def test_who_was_talked_to_by_two_of_us_is_one_person(self):
        sums = people(joined=100, paid=20) | {"talked:Li": 40, "talked:Wu": 40, "talked_to": 40, "talked_to_paid": 14}
        (text,) = made(by_day=on_first_day(sums)).outlook
        assert "40 members" in text
        assert "35.0%" in text
        assert "10.0%" in text

    def test_few_people_are_no_reason_to_compare(self):
        few = {By.CHANNEL: {"a": people(joined=5, paid=5), "b": people(joined=5)}}
        assert made(by_day=on_first_day(people(joined=10)), lines=few).outlook == ()
        many = {By.CHANNEL: {"a": people(joined=50, paid=25), "b": people(joined=50, paid=5)}}
        (text,) = made(by_day=on_first_day(people(joined=100)), lines=many).outlook
        assert "50.0%" in text
        assert "10.0%" in text
