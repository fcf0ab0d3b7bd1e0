"""Read the small values that stand at many places of a YAML file, noting what is wrong with the file's line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from groupbot.core.policies import LateThen, PartFailure, Policies, UnknownThen
from groupbot.i18n import _
from groupbot.sop.document import ALL_GROUPS, Selector
from groupbot.sop.duration import parse_duration
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source
from groupbot.sop.schema import LateModel, SelectorModel
from groupbot.sop.yaml_file import Place, YamlDocument

_NAME = re.compile(r"\w[\w-]*")


class PolicyKeys(Protocol):
    """The policy keys that the SOP and each step have."""

    @property
    def late(self) -> LateModel | None: ...
    @property
    def unknown(self) -> str | None: ...
    @property
    def on_part_failure(self) -> str | None: ...
    @property
    def ask_timeout(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where things stand in `file`."""

    file: str
    document: YamlDocument

    def at(self, place: Place) -> Source:
        """Return where the key or list item `place` is."""
        return Source(file=self.file, line=self.document.line_of(place))

    def text_at(self, place: Place) -> Source:
        """Return where the text of `place` begins: below the key for a block text."""
        line = self.document.text_lines.get(place)
        return Source(file=self.file, line=line) if line else self.at(place)

    def duration(self, text: str | None, place: Place, notes: Notes) -> timedelta | None:
        """Return the length `text`, or None when there is none or it can't be read."""
        if text is None:
            return None
        length = parse_duration(text)
        if length is None:
            message = _("`{text}` is no length of time.").format(text=text)
            hint = _("Write for example 3s, 30m, 1h30m or 2d, at most 366d.")
            notes.error("bad-duration", message, self.at(place), hint=hint)
        return length

    def policies(self, keys: PolicyKeys, base: Policies, place: Place, notes: Notes) -> Policies:
        """Return `base` with what `keys` say otherwise."""
        late = keys.late or LateModel()
        grace = self.duration(late.grace, (*place, "late", "grace"), notes)
        timeout = self.duration(keys.ask_timeout, (*place, "ask_timeout"), notes)
        return replace(
            base,
            grace=base.grace if grace is None else grace,
            late=LateThen(late.then) if late.then else base.late,
            unknown=UnknownThen(keys.unknown) if keys.unknown else base.unknown,
            on_part_failure=PartFailure(keys.on_part_failure) if keys.on_part_failure else base.on_part_failure,
            ask_timeout=base.ask_timeout if timeout is None else timeout,
        )

    def selectors(self, models: list[SelectorModel], place: Place, notes: Notes) -> tuple[Selector, ...]:
        """Return the choices of groups; an empty list means all groups."""
        found = tuple(chosen for model in models for chosen in _chosen(model))
        if models and not found:
            message = _("The choice of groups is empty.")
            hint = _("Write `all`, or one of tag, squad and names.")
            notes.error("empty-value", message, self.at(place), hint=hint)
        return found or ALL_GROUPS


def _chosen(model: SelectorModel) -> list[Selector]:
    pairs = (("tag", model.tag), ("squad", model.squad), ("names", model.names))
    return [Selector(by=by, values=tuple(values)) for by, values in pairs if values]  # type: ignore[arg-type]


def is_name(text: str) -> bool:
    """Return whether `text` can be typed as one word: letters of any script, digits, `-` and `_`."""
    return _NAME.fullmatch(text) is not None
