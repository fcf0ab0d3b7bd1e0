"""Build SOPs without a file, in few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from groupbot.core.content import Text
from groupbot.core.policies import Policies, QuietHours
from groupbot.sop.document import EventSpec, Selector, Sop, Step, TextPart, Variable
from groupbot.sop.planned import Plan, PlanGroup, PlannedDelivery, Source
from groupbot.sop.planner import plan
from groupbot.sop.template import parse_template
from groupbot.sop.timenode import OnDay
from groupbot.sop.timetext import parse_time

HERE = Source(file="made.yaml", line=1)
START = date(2026, 5, 18)
A = PlanGroup(name="A", tags=frozenset({"camp"}), squad="east")
B = PlanGroup(name="B", tags=frozenset({"vip"}), squad="west")


def step(
    id: str,  # noqa: A002  # the SOP's own word
    at: str,
    text: str = "话术",
    *,
    groups: tuple[Selector, ...] | None = None,
    policies: Policies = Policies(),  # frozen
) -> Step:
    part = TextPart(text=parse_template(text))
    return Step(id=id, phase="p", at=parse_time(at), parts=(part,), groups=groups, policies=policies, source=HERE)


def task(id: str, at: str | None, text: str, *, groups: tuple[Selector, ...] | None = None) -> Step:  # noqa: A002
    node = parse_time(at) if at else None
    return Step(id=id, phase="p", at=node, task=parse_template(text), assignee="班主任", groups=groups, source=HERE)


def sop(
    *steps: Step,
    zone: str = "Asia/Shanghai",
    event: str | None = None,
    window: timedelta = timedelta(),
    **defaults: str,
) -> Sop:
    at = parse_time(event) if event else None
    spec = EventSpec(name="直播", at=at, window=window, source=HERE) if isinstance(at, OnDay) else None
    variables = {name: Variable(name=name, default=value or None, source=HERE) for name, value in defaults.items()}
    return Sop(name="made", title="做的", timezone=zone, steps=steps, event=spec, variables=variables, source=HERE)


def planned(
    made: Sop,
    *groups: PlanGroup,
    start: date = START,
    event: datetime | None = None,
    variables: Mapping[str, str] | None = None,
) -> Plan:
    return plan(made, groups=groups or (A,), start=start, event=event, variables=variables)


def times(made: Plan, id: str) -> list[str]:  # noqa: A002
    """Return the due times of a step as wall clocks with offset."""
    return [delivery.due.isoformat(timespec="minutes") for delivery in made.deliveries if delivery.step == id]


def local(*wall: int, zone: str = "Asia/Shanghai") -> datetime:
    return datetime(*wall, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type, misc]


def words(delivery: PlannedDelivery) -> str:
    content = delivery.parts[0].content
    assert isinstance(content, Text)
    return content.text


def codes(made: Plan) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in made.problems]


def quiet_from(start: int, end: int) -> Policies:
    return replace(Policies(), quiet=QuietHours(start_minute=start, end_minute=end, timezone="Asia/Shanghai"))
