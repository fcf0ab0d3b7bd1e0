"""Bytes of a YAML file to plain values with line numbers, safe against files made to harm.

Every scalar stays the text that the operator wrote (`20:30`, `on` and `9.90` mean nothing else); only an empty value or
`null` is None. Anchors, aliases and tags are refused: they are how small files become large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from groupbot.i18n import _
from groupbot.sop.planned import Problem, SopError, Source

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_BYTES = 2 * 1024 * 1024
"""A 5,000-step SOP with long scripts stays below; reading this much takes about a second."""
MAX_DEPTH = 40
MAX_VALUES = 300_000
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

Place = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class YamlDocument:
    """What a file holds. `lines`: place -> the line of its key or list item; `text_lines`: place -> the line at which
    its text begins.
    """

    value: dict[str, Any]
    lines: dict[Place, int]
    text_lines: dict[Place, int]
    warnings: tuple[Problem, ...] = ()

    def line_of(self, place: Place) -> int:
        """Return the line of `place`, or of the nearest thing around it."""
        return next((self.lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.lines), 1)


def read_yaml(data: bytes, *, file: str) -> YamlDocument:
    """Return the values in `data`; `file` names it in problems.

    Raises SopError when it is no usable YAML document with keys at the top.
    """
    if len(data) > MAX_BYTES:
        message = _("The file is larger than {limit} bytes.").format(limit=MAX_BYTES)
        raise _refusal(file, "file-too-large", message, _("Split the SOP into several."), 1)
    text = _decoded(data, file)
    reader = _Reader(file=file)
    try:
        reader.read(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        raise _syntax_refusal(file, text, error) from error
    except yaml.YAMLError as error:
        raise _refusal(file, "yaml-syntax", _("The file is no YAML."), _("Save it as plain text."), 1) from error
    if reader.root is None:
        message, hint = _("The file is empty."), _("An SOP starts with `name: my-sop`; see docs/sop-format.md.")
        raise _refusal(file, "empty-file", message, hint, 1)
    if not isinstance(reader.root, dict):
        raise _refusal(
            file,
            "not-a-mapping",
            _("The top of the file is no list of keys."),
            _("Start with `name:`, `title:` and `phases:` at the left margin."),
            reader.first_line,
        )
    return YamlDocument(
        value=reader.root, lines=reader.lines, text_lines=reader.text_lines, warnings=_bom_warnings(data, file)
    )


def _decoded(data: bytes, file: str) -> str:
    hint = _("Save the file as UTF-8 in your editor.")
    if data.startswith(_UTF16):
        raise _refusal(file, "not-utf8", _("The file is saved as UTF-16."), hint, 1)
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refusal(file, "not-utf8", _("The file is not UTF-8 text."), hint, line) from error
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = _("There is an invisible control character.")
        raise _refusal(file, "control-character", message, _("Type this line again."), line)
    return text


def _bom_warnings(data: bytes, file: str) -> tuple[Problem, ...]:
    if not data.startswith(_BOM):
        return ()
    message = _("The file starts with a byte order mark.")
    hint = _("It does no harm here; save as UTF-8 without BOM to be rid of this note.")
    where = Source(file=file, line=1)
    return (Problem(level="warning", code="byte-order-mark", message=message, hint=hint, where=where),)


@dataclass(kw_only=True, slots=True)
class _Open:
    """A list or mapping that is being read; `key` is the mapping's key whose value comes next."""

    value: dict[str, Any] | list[Any]
    place: Place
    key: str | None = None


@dataclass(kw_only=True, slots=True)
class _Reader:
    """Build values from parse events without recursion, stopping at the first thing that is not allowed."""

    file: str
    root: Any = None
    first_line: int = 1
    lines: dict[Place, int] = field(default_factory=dict)
    text_lines: dict[Place, int] = field(default_factory=dict)
    _open: list[_Open] = field(default_factory=list)
    _documents: int = 0

    def read(self, events: Iterator[Any]) -> None:
        """Take in all events; raises SopError."""
        for count, event in enumerate(events):
            line = event.start_mark.line + 1
            if count > MAX_VALUES:
                message = _("The file holds too many values.")
                raise _refusal(self.file, "file-too-large", message, _("Split the SOP into several."), line)
            self._refuse_tricks(event, line)
            self._take(event, line)

    def _refuse_tricks(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = _("Anchors and aliases (`&name`, `*name`) are not used in SOP files.")
            hint = _("Write the text out, or put a text that starts with & or * in quotes.")
            raise _refusal(self.file, "yaml-anchor", message, hint, line)
        if getattr(event, "tag", None) not in {None, "!"}:
            message = _("Tags (`!name`) are not used in SOP files.")
            raise _refusal(self.file, "yaml-tag", message, _("Put a text that starts with ! in quotes."), line)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                message = _("The file holds more than one document (`---`).")
                raise _refusal(self.file, "several-documents", message, _("Make one file per SOP."), line)

    def _take(self, event: Any, line: int) -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event, line)
            case yaml.MappingStartEvent():
                self._start({}, line)
            case yaml.SequenceStartEvent():
                self._start([], line)
            case yaml.CollectionEndEvent():
                self._open.pop()

    def _start(self, value: dict[str, Any] | list[Any], line: int) -> None:
        place = self._put(value, line)
        self._open.append(_Open(value=value, place=place))
        if len(self._open) > MAX_DEPTH:
            message = _("The values are nested more than {limit} deep.").format(limit=MAX_DEPTH)
            raise _refusal(self.file, "too-deep", message, _("See docs/sop-format.md for the shape."), line)

    def _scalar(self, event: Any, line: int) -> None:
        around = self._open[-1] if self._open else None
        if around and isinstance(around.value, dict) and around.key is None:
            self._key(around, event.value, line)
            return
        if _CONTROL.search(event.value):
            message = _("There is an invisible control character.")
            raise _refusal(self.file, "control-character", message, _("Type this line again."), line)
        is_null = event.style in {None, ""} and event.value in _NULLS
        place = self._put(None if is_null else event.value, line)
        self.text_lines[place] = line + 1 if event.style in {"|", ">"} else line

    def _key(self, around: _Open, key: str, line: int) -> None:
        place = (*around.place, key)
        if key in around.value:
            message = _("`{key}` is written twice (first on line {line}).").format(key=key, line=self.lines[place])
            raise _refusal(self.file, "duplicate-key", message, _("Keep one of them."), line)
        around.key = key
        self.lines[place] = line

    def _put(self, value: Any, line: int) -> Place:
        """Add `value` to what is open and return its place."""
        if not self._open:
            self.root, self.first_line = value, line
            return ()
        around = self._open[-1]
        if isinstance(around.value, list):
            place: Place = (*around.place, len(around.value))
            self.lines[place] = line
            around.value.append(value)
            return place
        if around.key is None:
            message = _("A key must be a word.")
            hint = _("Write `key: value`; put a text that starts with { in quotes.")
            raise _refusal(self.file, "yaml-syntax", message, hint, line)
        key, around.key = around.key, None
        around.value[key] = value
        return (*around.place, key)


_FULL_WIDTH_KEY = re.compile(r"\s*(?:- *)?[\w-]+：[^:]*$")


def _syntax_refusal(file: str, text: str, error: yaml.MarkedYAMLError) -> SopError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    written = text.split("\n")
    line = min(line, len(written))
    start = written[line - 1][: len(written[line - 1]) - len(written[line - 1].lstrip())]
    if "\t" in start:
        message, hint = _("The line is indented with a tab."), _("Indent with blanks; two for each level.")
        return _refusal(file, "yaml-tab", message, hint, line)
    if any(_FULL_WIDTH_KEY.match(near) for near in written[max(0, line - 2) : line]):
        hint = _("Type `{right}` instead of `{sign}`.").format(right=": ", sign="：")
        return _refusal(file, "yaml-syntax", _("The file breaks off being YAML here."), hint, line)
    return _refusal(file, "yaml-syntax", _("The file breaks off being YAML here."), _syntax_hint(error), line)


def _syntax_hint(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.problem or ''} {error.context or ''}"
    hints = (
        ("mapping values", _("Put a text with a colon in quotes, or write it below `text: |-`.")),
        ("cannot start any token", _("Put a text that starts with a sign such as @ % ` in quotes.")),
        ("quoted scalar", _("A quote is not closed.")),
        ("simple key", _("A colon and a blank are missing after the key, or the indentation is off.")),
        ("flow", _("A bracket is not closed.")),
    )
    general = _("Look at the indentation here and in the line above: keys of one block stand exactly under each other.")
    return next((hint for sign, hint in hints if sign in said), general)


def _refusal(file: str, code: str, message: str, hint: str, line: int) -> SopError:
    where = Source(file=file, line=line)
    return SopError((Problem(level="error", code=code, message=message, hint=hint, where=where),))
