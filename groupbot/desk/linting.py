"""What lint says of an SOP, with as much of the project as there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from groupbot.campaign.forecast import forecast
from groupbot.campaign.speed import speed_problems
from groupbot.campaign.voices import voice_problems
from groupbot.delivery.paces import pace
from groupbot.delivery.pacing import Pace
from groupbot.desk.sop_files import read_sop
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.lint.rules import lint, lint_campaign
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Plan, PlanGroup, PlannedDelivery, Problem, SopError
from groupbot.sop.preview.expected import Expected


@dataclass(frozen=True, kw_only=True, slots=True)
class Crew:
    """Who posts in a project, and how fast. `roles`: SOP role -> account; `voices`: the same where a group differs."""

    accounts: Mapping[str, str]
    """Group -> the account that posts there unless a role says otherwise."""
    paces: Mapping[str, Pace]
    roles: Mapping[str, str] = field(default_factory=dict)
    voices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    can_be_asked: bool = True
    """Whether there is an admin group, in which people are asked to approve steps."""

    @classmethod
    def of(
        cls,
        settings: Settings,
        roles: Mapping[str, str] | None = None,
        voices: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Crew:
        """Return the crew of config.toml."""
        return cls(
            accounts={group.name: group.account for group in settings.groups},
            paces={account.name: pace(settings, account.name) for account in settings.accounts},
            roles=roles or {},
            voices=voices or {},
            can_be_asked=bool(settings.admin.groups),
        )

    @property
    def account_of(self) -> Callable[[PlannedDelivery], str]:
        """Return which account makes a post."""
        return self._account

    def _account(self, delivery: PlannedDelivery) -> str:
        own = self.voices.get(delivery.group, {})
        mapped = own.get(delivery.speaker) if delivery.speaker else None
        mapped = mapped or self.roles.get(delivery.speaker)
        return mapped or own.get("") or self.accounts.get(delivery.group, "")

    def expected(self, planned: Plan) -> list[Expected]:
        """Return when each of the plan's deliveries goes out."""
        return forecast(planned.deliveries, account_of=self.account_of, paces=self.paces)

    def problems(self, planned: Plan, sop: Sop, expected: Sequence[Expected] | None = None) -> list[Problem]:
        """Return what this crew can't do; `expected` spares a second forecast."""
        return speed_problems(
            planned,
            self.expected(planned) if expected is None else expected,
            account_of=self.account_of,
            paces=self.paces,
            silenced={step.id: step.lint_off for step in sop.steps},
        )


def file_problems(path: Path, root: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong in the SOP at `path` or worth a look, in the order of the file."""
    try:
        return sop_problems(read_sop(path, root, whole=False))
    except SopError as error:
        return error.problems


def sop_problems(sop: Sop) -> tuple[Problem, ...]:
    """Return what was found when `sop` was read, and what lint says of it, in the order of the file."""
    return Notes(problems=[*sop.warnings, *lint(sop)]).in_order()


def plan_problems(
    sop: Sop,
    planned: Plan,
    *,
    groups: Sequence[PlanGroup],
    start: date,
    event: datetime | None,
    crew: Crew | None,
    expected: Sequence[Expected] | None = None,
) -> tuple[Problem, ...]:
    """Return what lint says of a plan; without `groups` of the SOP alone, without a `crew` nothing of its speed.

    `expected` spares a second forecast.
    """
    if crew and expected is None:
        expected = crew.expected(planned)
    begins = _last_begins(planned, expected or ())
    if not groups:
        return lint(sop, start=start, event=event)
    found = lint_campaign(sop, groups=groups, start=start, event=event, begins=begins)
    return (*found, *crew.problems(planned, sop, expected)) if crew else found


def launch_problems(
    sop: Sop, planned: Plan, *, groups: Sequence[PlanGroup], start: date, event: datetime | None, crew: Crew
) -> tuple[Problem, ...]:
    """Return what lint says of a plan that is about to be launched."""
    found = plan_problems(sop, planned, groups=groups, start=start, event=event, crew=crew)
    somewhere = {role: account for voices in crew.voices.values() for role, account in voices.items()}
    unasked = () if crew.can_be_asked else _unasked(planned)
    return (*found, *unasked, *voice_problems(planned, {**somewhere, **crew.roles}))


def _unasked(planned: Plan) -> list[Problem]:
    """Refuse steps that wait for an approval which nobody would be asked for."""
    steps = {row.step: row.source for row in planned.deliveries if row.policies.approval}
    hint = _("Name an admin group in config.toml (`[admin] groups`), or take `approval` out of the step.")
    message = _("The step `{id}` needs approval, but there is no admin group in which to ask for it.")
    return [
        Problem(level="error", code="approval-without-admins", message=message.format(id=step), hint=hint, where=where)
        for step, where in steps.items()
    ]


def _last_begins(planned: Plan, expected: Sequence[Expected]) -> Mapping[tuple[str, str], datetime]:
    """Return by (step, occurrence) when the last group that gets it does; a stagger is in it, and the pace if known."""
    begins: dict[tuple[str, str], datetime] = {}
    for number, delivery in enumerate(planned.deliveries):
        at = expected[number].begins if expected else delivery.due
        if expected and expected[number].is_left_out:
            continue
        key = (delivery.step, delivery.occurrence)
        if key not in begins or at > begins[key]:
            begins[key] = at
    return begins
