"""Make a report out of the daily sums. Pure: the same facts give the same report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from groupbot.reports.campaign.funnel import funnel
from groupbot.reports.campaign.goals import goal_figures
from groupbot.reports.campaign.measures import main_currency, measured, total
from groupbot.reports.campaign.outlook import outlook
from groupbot.reports.campaign.values import By, Cohort, Lines, Report, ReportFacts, Row, StepFigures, Sums, TalkFigures

_COHORT, _ASKED, _ANSWERED = "cohort:", "asked:", "answered:"
_TALKED, _TALKED_PAID, _STAFF_ANSWER = "talked:", "talked_paid:", "staff_answer:"


def report(facts: ReportFacts) -> Report:
    """Return the report on `facts`."""
    sums = dict(facts.by_day.get(str(facts.day), {})) if facts.day else total(_until(facts.by_day, facts.today))
    overall = measured(total(_until(facts.by_day, facts.day or facts.today)))
    currency = main_currency(facts.currency, overall)
    made = Report(
        campaign=facts.campaign,
        currency=currency,
        stages=facts.stages,
        day=facts.day,
        until=facts.today,
        goals=goal_figures(facts.campaign.goals, overall, facts.stages, currency, pace(facts)),
        measures=measured(sums),
        funnel=funnel(measured(sums), facts.stages),
        overall=overall,
        before=measured(facts.by_day.get(str(facts.day - timedelta(days=1)), {})) if facts.day else None,
        rows={by: tuple(_rows(by, lines, facts)) for by, lines in _all_lines(facts).items()},
        cohorts=tuple(_cohorts(facts.by_day, facts.day)),
        posts=facts.posts,
        steps=tuple(_steps(facts.steps, sums)),
        members=facts.members,
        talks=tuple(_talks(sums)),
        tasks=facts.tasks,
        incidents=facts.incidents,
        questions=facts.questions,
        experiments=facts.experiments,
    )
    return replace(made, outlook=outlook(made))


def pace(facts: ReportFacts) -> float | None:
    """Return which share of the campaign's days is over at the end of the report's day; None while that is unknown."""
    if facts.campaign.last is None:
        return None
    days = (facts.campaign.last - facts.campaign.first).days + 1
    over = ((facts.day or facts.today) - facts.campaign.first).days + 1
    return round(min(max(over / days, 0.0), 1.0), 4) if days > 0 else None


def _until(by_day: Lines, last: date) -> Lines:
    return {day: sums for day, sums in by_day.items() if day <= str(last)}


def _all_lines(facts: ReportFacts) -> Mapping[By, Lines]:
    """Return the lines that were read, and those that follow from them: days, and squads from groups."""
    found = dict(facts.lines)
    days = _until(facts.by_day, facts.today)
    found[By.DAY] = {str(facts.day): days.get(str(facts.day), {})} if facts.day else days
    if By.GROUP in found:
        squads: dict[str, Counter[str]] = {}
        for group, sums in found[By.GROUP].items():
            squads.setdefault(facts.campaign.squads.get(group, ""), Counter()).update(sums)
        found[By.SQUAD] = squads
    return found


def _rows(by: By, lines: Lines, facts: ReportFacts) -> Iterator[Row]:
    """Return the rows; planned channels, own groups and squads stand there also while nothing came of them."""
    planned = {one.name: one for one in facts.planned} if by is By.CHANNEL else {}
    groups = facts.campaign.squads
    expected = {By.CHANNEL: planned, By.GROUP: groups, By.SQUAD: filter(None, groups.values())}.get(by, ())
    for key in sorted({*lines, *expected}, key=lambda key: (not key, key)):
        plan = planned.get(key)
        yield Row(
            key=key,
            title=plan.title if plan and plan.title else key,
            measures=measured(lines.get(key, {})),
            planned=plan,
        )


def _cohorts(by_day: Lines, day: date | None) -> Iterator[Cohort]:
    for each, sums in sorted(by_day.items()):
        stages = {metric.removeprefix(_COHORT): n for metric, n in sums.items() if metric.startswith(_COHORT)}
        if stages and (day is None or each <= str(day)):
            yield Cohort(day=each, stages=stages)


def _steps(steps: Sequence[StepFigures], sums: Sums) -> Iterator[StepFigures]:
    """Return the steps as they come, with who was asked and who answered; those without posts last."""
    known = {one.step: one for one in steps}
    talked = [metric.partition(":")[2] for metric in sums if metric.startswith((_ASKED, _ANSWERED))]
    for step in dict.fromkeys((*known, *sorted(talked))):
        found = known.get(step, StepFigures(step=step))
        yield replace(found, asked=sums.get(_ASKED + step, 0), answered=sums.get(_ANSWERED + step, 0))


def _talks(sums: Sums) -> Iterator[TalkFigures]:
    answers: dict[str, dict[int, int]] = {}
    for metric, n in sums.items():
        if metric.startswith(_STAFF_ANSWER):
            bound, _sign, person = metric.removeprefix(_STAFF_ANSWER).partition(":")
            answers.setdefault(person, {})[int(bound)] = n
    talked = {metric.removeprefix(_TALKED): n for metric, n in sums.items() if metric.startswith(_TALKED)}
    for person in sorted({*talked, *answers}):
        yield TalkFigures(
            person=person,
            talked=talked.get(person, 0),
            paid=sums.get(_TALKED_PAID + person, 0),
            answers=answers.get(person, {}),
        )
