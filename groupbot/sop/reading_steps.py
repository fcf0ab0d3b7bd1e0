"""From the checked shape of a YAML file to typed steps: times, speakers, groups, parts and tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groupbot.core.content import EVERYBODY, ROLE
from groupbot.core.policies import Approval, Policies, Unapproved
from groupbot.i18n import _, joined
from groupbot.sop.document import (
    AnnouncementPart,
    CardPart,
    LinkPart,
    MediaKind,
    MediaPart,
    MiniProgramPart,
    PartSpec,
    RenamePart,
    Step,
    TextPart,
)
from groupbot.sop.notes import Notes
from groupbot.sop.open_end import parse_at
from groupbot.sop.places import Places, is_name
from groupbot.sop.reading_more import read_trigger, read_weekdays
from groupbot.sop.schema import ApprovalModel, ContentModel, LinkModel, MiniProgramModel, PartModel, SopModel, StepModel
from groupbot.sop.template import Template
from groupbot.sop.timenode import TimeNode, TimeNodeError
from groupbot.sop.yaml_file import Place

_MEDIA: tuple[MediaKind, ...] = ("image", "file", "video", "voice")
CONTENT_KEYS = ("text", *_MEDIA, "link", "mini_program", "card", "announce", "rename")
_EVERYBODY = frozenset({"all", EVERYBODY, "所有人", "@所有人"})


@dataclass(frozen=True, kw_only=True, slots=True)
class StepReader:
    """Read the steps of one file's model; problems go to `notes`."""

    model: SopModel
    places: Places
    notes: Notes
    policies: Policies
    variables: frozenset[str]

    def read(self) -> tuple[Step, ...]:
        """Return all steps in the order of the file."""
        return tuple(
            self._step(step, phase.name, ("phases", number, "steps", index))
            for number, phase in enumerate(self.model.phases)
            for index, step in enumerate(phase.steps)
        )

    def _step(self, model: StepModel, phase: str, place: Place) -> Step:
        self._id(model, place)
        self._doing(model, place)
        policies = self.places.policies(model, self.policies, place, self.notes)
        groups = (*place, "groups")
        return Step(
            id=model.id,
            phase=phase,
            at=self._time(model, place),
            trigger=read_trigger(model.trigger, self.places, place, self.notes),
            place=model.place,
            audience=model.audience,
            assumptions=tuple(model.assumptions),
            lint_off=tuple(model.lint_off or ()),
            parts=self._parts(model, place),
            task=self._script(model.task, (*place, "task")) if model.task else None,
            assignee=model.assignee,
            speaker=model.speaker or "",
            groups=self.places.selectors(model.groups, groups, self.notes) if model.groups is not None else None,
            policies=replace(
                policies,
                quiet=None if model.quiet_hours == "off" else policies.quiet,
                approval=self._approval(model.approval, place) if model.approval else None,
                promo=model.promo,
            ),
            priority=model.priority or 0,
            weekdays=read_weekdays(model.weekdays, self.places.at((*place, "weekdays")), self.notes),
            holidays=model.holidays or self.model.holidays,
            source=self.places.at(place),
        )

    def _approval(self, model: ApprovalModel, place: Place) -> Approval:
        usual = Approval()
        ahead = self.places.duration(model.ahead, (*place, "approval", "ahead"), self.notes)
        return Approval(
            ahead=usual.ahead if ahead is None else ahead,
            default=Unapproved(model.default) if model.default else usual.default,
        )

    def _id(self, model: StepModel, place: Place) -> None:
        if not is_name(model.id):
            message = _("The step id `{id}` can't be typed as one word.").format(id=model.id)
            hint = _("Use letters, digits, - and _ only.")
            self.notes.error("bad-name", message, self.places.at((*place, "id")), hint=hint)

    def _doing(self, model: StepModel, place: Place) -> None:
        """Note a step that says nothing, or two things at once."""
        ways = [bool(_contents(model)), model.parts is not None, model.task is not None]
        where = self.places.at(place)
        if not any(ways):
            message = _("The step `{id}` has nothing to send.").format(id=model.id)
            hint = _("Add one of: {known}.").format(known=joined((*CONTENT_KEYS, "parts", "task")))
            self.notes.error("empty-step", message, where, hint=hint)
        elif sum(ways) > 1:
            message = _("The step `{id}` says in two ways what is to be done.").format(id=model.id)
            hint = _("Put all that is posted below `parts:`, and what a person does into a step of its own.")
            self.notes.error("several-contents", message, where, hint=hint)
        if model.assignee and model.task is None:
            message = _("`assignee` has no meaning without `task`.")
            self.notes.warn("unused-key", message, self.places.at((*place, "assignee")), hint=_("Remove it."))

    def _time(self, model: StepModel, place: Place) -> TimeNode | None:
        if model.at is None:
            if model.task is None and model.trigger is None:
                message = _("`at` is missing: when is the step `{id}`?").format(id=model.id)
                hint = _("Add for example `at: D1 20:00`.")
                self.notes.error("missing-key", message, self.places.at(place), hint=hint)
            return None
        try:
            return parse_at(model.at)
        except TimeNodeError as error:
            self.notes.refused("bad-time", error, self.places.at((*place, "at")))
            return None

    def _parts(self, model: StepModel, place: Place) -> tuple[PartSpec, ...]:
        if model.parts is None:
            part = self._content(model, 0.0, place) if _contents(model) else None
            return (part,) if part else ()
        read = [self._part(part, number, (*place, "parts", number)) for number, part in enumerate(model.parts)]
        return tuple(part for part in read if part)

    def _part(self, model: PartModel, number: int, place: Place) -> PartSpec | None:
        gap = self.places.duration(model.gap, (*place, "gap"), self.notes)
        gap_s = gap.total_seconds() if gap else 0.0
        if number == 0 and gap_s:
            message = _("The first part has no part before it: its gap is left out.")
            self.notes.warn("unused-key", message, self.places.at((*place, "gap")), hint=_("Remove it."))
        return self._content(model, gap_s if number else 0.0, place)

    def _content(self, model: ContentModel, gap_s: float, place: Place) -> PartSpec | None:
        kinds = _contents(model)
        if len(kinds) != 1:
            message = _("A part is exactly one of: {known}.").format(known=joined(CONTENT_KEYS))
            hint = _("Make a list item of its own for each below `parts:`.")
            self.notes.error("several-contents" if kinds else "empty-part", message, self.places.at(place), hint=hint)
            return None
        if model.mention and model.text is None:
            message = _("Only a text can mention members.")
            hint = _("Move `mention` to a part with `text`.")
            self.notes.error("mention-without-text", message, self.places.at((*place, "mention")), hint=hint)
        here = (*place, kinds[0])
        if model.link:
            return self._link(model.link, gap_s, here)
        if model.mini_program:
            return self._mini_program(model.mini_program, gap_s, here)
        if model.card is not None:
            return CardPart(contact=self._whom(model.card), gap_s=gap_s, source=self.places.at(here))
        if words := model.text or model.announce or model.rename:
            return self._worded(model, words, gap_s, place)
        kind = next(kind for kind in _MEDIA if kind == kinds[0])
        return MediaPart(kind=kind, material=getattr(model, kind), gap_s=gap_s, source=self.places.at(here))

    def _worded(self, model: ContentModel, words: str, gap_s: float, place: Place) -> PartSpec | None:
        """Return the part whose one script is `words`."""
        key = next(key for key in ("text", "announce", "rename") if getattr(model, key) is not None)
        script = self._script(words, (*place, key))
        if script is None:
            return None
        if key == "announce":
            return AnnouncementPart(text=script, gap_s=gap_s)
        if key == "rename":
            return RenamePart(topic=script, gap_s=gap_s)
        mentions = tuple(EVERYBODY if name in _EVERYBODY else self._whom(name) for name in model.mention or ())
        source = self.places.at((*place, "mention" if mentions else "text"))
        return TextPart(text=script, mentions=mentions, gap_s=gap_s, source=source)

    def _whom(self, name: str) -> str:
        """Return the mark of the role called `name`, or `name` as the platform's id."""
        return f"{ROLE}{name}" if name in self.model.roles else name

    def _mini_program(self, model: MiniProgramModel, gap_s: float, place: Place) -> MiniProgramPart | None:
        title = self._script(model.title, (*place, "title"))
        if title is None:
            return None
        return MiniProgramPart(
            app_id=model.app_id,
            title=title,
            page=self._script(model.page, (*place, "page")) if model.page else None,
            username=model.username,
            description=self._script(model.description, (*place, "description")) if model.description else None,
            thumbnail=self._script(model.thumbnail, (*place, "thumbnail")) if model.thumbnail else None,
            gap_s=gap_s,
        )

    def _link(self, model: LinkModel, gap_s: float, place: Place) -> LinkPart | None:
        url, title = self._script(model.url, (*place, "url")), self._script(model.title, (*place, "title"))
        if url and not url.compiled and not url.text.startswith(("http://", "https://")):
            message = _("`{url}` is no address of a page.").format(url=url.text)
            hint = _("A link starts with https://")
            self.notes.error("bad-value", message, self.places.at((*place, "url")), hint=hint)
        description = self._script(model.description, (*place, "description")) if model.description else None
        thumbnail = self._script(model.thumbnail, (*place, "thumbnail")) if model.thumbnail else None
        if url is None or title is None:
            return None
        return LinkPart(url=url, title=title, description=description, thumbnail=thumbnail, gap_s=gap_s)

    def _script(self, text: str, place: Place) -> Template | None:
        return self.notes.script(text, self.places.text_at(place), declared=self.variables)


def _contents(model: ContentModel) -> list[str]:
    return [key for key in CONTENT_KEYS if getattr(model, key) is not None]
