"""From the checked shape of a YAML file to the typed SOP: the sections around the steps.

What is wrong is noted and stood in for by a harmless value, so that the rest of the file is read too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

from groupbot.core.policies import Policies, QuietHours
from groupbot.i18n import _, joined
from groupbot.sop.document import EventSpec, Goal, Material, Phase, Sop, Variable
from groupbot.sop.material_plan import read_due
from groupbot.sop.materials import Files, kind_of, look_up
from groupbot.sop.notes import Notes
from groupbot.sop.places import Places, is_name
from groupbot.sop.planned import Source
from groupbot.sop.reading_more import read_last_day, read_playbooks, read_replies
from groupbot.sop.reading_steps import StepReader
from groupbot.sop.results import read_results
from groupbot.sop.schema import EventModel, SopModel
from groupbot.sop.schema_errors import nearest
from groupbot.sop.template import BUILT_IN, RESERVED
from groupbot.sop.timenode import EventDay, OnDay, TimeNodeError
from groupbot.sop.timetext import parse_time, parse_window

DEFAULT_ZONE = "Asia/Shanghai"
"""What stands in for a zone that does not exist."""


def read_zone(zone: str, where: Source, notes: Notes) -> str:
    """Return the IANA zone called `zone`; where there is none, that is noted and `DEFAULT_ZONE` stands in."""
    try:
        return ZoneInfo(zone).key
    except (OSError, ValueError, LookupError):
        message = _("There is no time zone `{zone}`.").format(zone=zone)
        near = nearest(zone, available_timezones()) or DEFAULT_ZONE
        hint = _("Did you mean `{near}`?").format(near=near)
        notes.error("unknown-timezone", message, where, hint=hint)
    return DEFAULT_ZONE


@dataclass(frozen=True, kw_only=True, slots=True)
class SopReader:
    """Read one file's model; problems go to `notes`."""

    model: SopModel
    places: Places
    files: Files
    notes: Notes

    def read(self) -> Sop:
        """Return the SOP. Only when `notes` holds no error is it complete."""
        model = self.model
        self._name()
        zone = read_zone(model.timezone, self.places.at(("timezone",)), self.notes)
        quiet = self._quiet(zone)
        policies = self.places.policies(model, Policies(quiet=quiet), (), self.notes)
        variables = self._variables()
        steps = StepReader(
            model=model, places=self.places, notes=self.notes, policies=policies, variables=frozenset(variables)
        )
        return Sop(
            name=model.name,
            title=model.title,
            timezone=zone,
            goals=tuple(Goal(text=goal.text, target=goal.target) for goal in model.goals),
            roles={name: role.title or name for name, role in model.roles.items()},
            variables=variables,
            materials=self._materials(),
            quiet=quiet,
            event=self._event(model.event) if model.event else None,
            last_day=read_last_day(model.last_day, self.places, self.notes),
            lock_window=self.places.duration(model.lock_window, ("lock_window",), self.notes),
            groups=self.places.selectors(model.groups, ("groups",), self.notes),
            phases=tuple(Phase(name=phase.name, goal=phase.goal) for phase in model.phases),
            steps=steps.read(),
            playbooks=read_playbooks(model.playbooks, self.places),
            replies=read_replies(model.replies, self.places, self.notes, frozenset(variables)),
            results=read_results(model.results),
            source=self.places.at(()),
        )

    def _name(self) -> None:
        if not is_name(self.model.name):
            message = _("The name `{name}` can't be typed as a command's argument.").format(name=self.model.name)
            hint = _("Use letters, digits, - and _ only.")
            self.notes.error("bad-name", message, self.places.at(("name",)), hint=hint)

    def _quiet(self, zone: str) -> QuietHours | None:
        text = self.model.quiet_hours
        if text is None or text == "off":
            return None
        try:
            window = parse_window(text)
        except TimeNodeError as error:
            self.notes.refused("bad-value", error, self.places.at(("quiet_hours",)))
            return None
        day = timedelta(days=1) // timedelta(minutes=1)
        return QuietHours(start_minute=window.start % day, end_minute=(window.end or 0) % day, timezone=zone)

    def _variables(self) -> dict[str, Variable]:
        read = {}
        for name, model in self.model.variables.items():
            where = self.places.at(("variables", name))
            if not name.isidentifier() or name in RESERVED or name in BUILT_IN:
                message = _("`{name}` can't be the name of a variable.").format(name=name)
                hint = _("Use letters, digits and _, not beginning with a digit, and none of: {taken}.").format(
                    taken=joined((*BUILT_IN, *sorted(RESERVED)))
                )
                self.notes.error("bad-name", message, where, hint=hint)
            read[name] = Variable(name=name, description=model.description, default=model.default, source=where)
        return read

    def _materials(self) -> dict[str, Material]:
        read = {}
        for name, model in self.model.materials.items():
            where = self.places.at(("materials", name))
            found = look_up(model.path, self.files, self.notes, where, done=model.status == "done")
            read[name] = Material(
                name=name,
                written=model.path,
                path=found.path if found else "",
                digest=found.digest if found else "",
                kind=model.kind or kind_of(model.path),
                title=model.title,
                seconds=model.seconds or 0.0,
                size=found.size if found else 0,
                maker=model.maker,
                due=read_due(model.due, self.places.at(("materials", name, "due")), self.notes),
                status=model.status,
                edition=model.version,
                source=where,
            )
        return read

    def _event(self, model: EventModel) -> EventSpec:
        window = self.places.duration(model.window, ("event", "window"), self.notes) or timedelta()
        where = self.places.at(("event",))
        return EventSpec(name=model.name, at=self._event_time(model.at), window=window, source=where)

    def _event_time(self, text: str | None) -> OnDay | None:
        if text is None:
            return None
        where = self.places.at(("event", "at"))
        try:
            node = parse_time(text)
        except TimeNodeError as error:
            self.notes.refused("bad-time", error, where)
            return None
        if isinstance(node, OnDay) and len(node.slots) == 1 and not isinstance(node.day, EventDay):
            return node
        message = _("The event needs one day and one clock of its own.")
        self.notes.error("bad-time", message, where, hint=_("Write for example `D6 20:00`."))
        return None
