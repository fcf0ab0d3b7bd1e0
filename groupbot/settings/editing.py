"""Change config.toml as a person would: one value or block, while comments, order and every other byte stay. Pure.

What a change means is said once, for plain values; the edited text must parse to exactly that. Whether the settings are
sensible (names, references) is for `groupbot.settings.file`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from groupbot.errors import ConfigError
from groupbot.i18n import _, joined
from groupbot.settings.toml_blocks import Block, Value, block_lines, blocks_of, lines_of, with_value


@dataclass(frozen=True, kw_only=True, slots=True)
class BindGroup:
    """Add a group."""

    name: str
    account: str
    id: str
    tags: tuple[str, ...] = ()
    squad: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnbindGroup:
    """Take a group out."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenameGroup:
    """Call a group `to` from now on, wherever it is named."""

    name: str
    to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TagGroup:
    """Give a group these tags and no others."""

    name: str
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveGroup:
    """Put a group into a squad, "" = none."""

    name: str
    squad: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AddSquad:
    """Add a squad."""

    name: str
    leader: str = ""
    group: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadSquad:
    """Make somebody of [[people]] a squad's leader, "" = nobody."""

    name: str
    leader: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatSquad:
    """Let a squad's people give commands in a group, "" = in none."""

    name: str
    group: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AddPerson:
    """Add somebody who may give commands. `ids`: account name -> their id on its platform."""

    name: str
    role: str
    squads: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetRisk:
    """Say what is done in a group about advertisements, floods and complaints."""

    name: str
    risk: str


Change = (
    BindGroup
    | UnbindGroup
    | RenameGroup
    | TagGroup
    | MoveGroup
    | AddSquad
    | LeadSquad
    | SeatSquad
    | AddPerson
    | SetRisk
)


_KEYS: Mapping[type, tuple[str, str]] = {
    TagGroup: ("groups", "tags"),
    MoveGroup: ("groups", "squad"),
    SetRisk: ("groups", "risk"),
    LeadSquad: ("squads", "leader"),
    SeatSquad: ("squads", "group"),
}
"""Changes of one key: its table, and its name there and in the change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Add:
    table: str
    values: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Set:
    """Set a key of the `index`-th block of a list of tables, or of the table itself."""

    table: str
    index: int | None
    key: str
    value: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class _Remove:
    table: str
    index: int


_Edit = _Add | _Set | _Remove


def edited(text: str, changes: Sequence[Change]) -> str:
    """Return config.toml's `text` after `changes`, one after the other.

    Raises ConfigError when something that a change names is not there, or is written so that only a person can edit it.
    """
    for change in changes:
        for edit in _edits(change, tomllib.loads(text)):
            text = _applied(text, edit)
    return text


def _edits(change: Change, raw: Mapping[str, Any]) -> list[_Edit]:
    """Return what `change` does to the file whose values are `raw`."""
    match change:
        case BindGroup(name=name, account=account, id=chat, tags=tags, squad=squad):
            return [_Add(table="groups", values=_filled(name=name, account=account, id=chat, tags=tags, squad=squad))]
        case UnbindGroup(name=name):
            return [_Remove(table="groups", index=_index(raw, "groups", name))]
        case RenameGroup():
            return _renamed(change, raw)
        case TagGroup() | MoveGroup() | SetRisk() | LeadSquad() | SeatSquad():
            table, key = _KEYS[type(change)]
            return [_set(raw, table, change.name, key, getattr(change, key))]
        case AddSquad(name=name, leader=leader, group=group):
            return [_Add(table="squads", values=_filled(name=name, leader=leader, group=group))]
        case AddPerson(name=name, role=role, squads=squads, ids=ids):
            return [_Add(table="people", values=_filled(name=name, role=role, ids=ids, squads=squads))]


def _filled(**values: Value) -> dict[str, Value]:
    """Return the values that are not empty: an empty one is the default."""
    return {key: value for key, value in values.items() if value}


def _set(raw: Mapping[str, Any], table: str, name: str, key: str, value: Value) -> _Edit:
    return _Set(table=table, index=_index(raw, table, name), key=key, value=value)


def _renamed(change: RenameGroup, raw: Mapping[str, Any]) -> list[_Edit]:
    edits = [_set(raw, "groups", change.name, "name", change.to)]
    listening = raw.get("admin", {}).get("groups", [])
    if change.name in listening:
        renamed = tuple(change.to if name == change.name else name for name in listening)
        edits.append(_Set(table="admin", index=None, key="groups", value=renamed))
    for index, squad in enumerate(raw.get("squads", [])):
        if squad.get("group") == change.name:
            edits.append(_Set(table="squads", index=index, key="group", value=change.to))
    return edits


def _index(raw: Mapping[str, Any], table: str, name: str) -> int:
    """Return which block of `table` is called `name`. Raises ConfigError."""
    names = [item.get("name") for item in raw.get(table, [])]
    if name not in names:
        raise ConfigError(
            _("config.toml has no [[{table}]] called {name}.").format(table=table, name=name),
            hint=_("There are: {names}").format(names=joined(map(str, names)) or "—"),
        )
    return names.index(name)


def _applied(text: str, edit: _Edit) -> str:
    made = _written(text, edit)
    if made is None or _values(made) != _meant(tomllib.loads(text), edit):
        raise ConfigError(
            _("[[{table}]] is written in a way that only a person can edit.").format(table=edit.table),
            hint=_("Change config.toml in an editor; it is taken over when it is saved."),
        )
    return made


def _values(text: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _meant(raw: dict[str, Any], edit: _Edit) -> dict[str, Any]:
    """Return the file's values after `edit`."""
    match edit:
        case _Add(table=table, values=values):
            raw.setdefault(table, []).append({key: _plain(value) for key, value in values.items()})
        case _Set(table=table, index=index, key=key, value=value):
            (raw[table] if index is None else raw[table][index])[key] = _plain(value)
        case _Remove(table=table, index=index):
            del raw[table][index]
            if not raw[table]:
                del raw[table]
    return raw


def _plain(value: Value) -> Any:
    match value:
        case tuple():
            return list(value)
        case Mapping():
            return dict(value)
    return value


def _written(text: str, edit: _Edit) -> str | None:
    """Return the text after `edit`, None where the lines that it is about can't be told."""
    lines = lines_of(text)
    blocks = blocks_of(lines)
    own = [block for block in blocks if block.path == (edit.table,)]
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    match edit:
        case _Add(table=table, values=values):
            after = [_whole(block, blocks).end for block in own]
            return _inserted(lines, block_lines(f"[[{table}]]", values, end), after[-1] if after else len(lines), end)
        case _ if len(own) <= (edit.index or 0):
            return None
        case _Set(index=index, key=key, value=value):
            return _with_key(lines, own[index or 0], key, value, end)
        case _Remove(index=index):
            gone = _whole(own[index], blocks)
            is_apart = gone.end < len(lines) and not lines[gone.end].strip()
            return "".join(lines[: gone.start] + lines[gone.end + is_apart :])


def _whole(block: Block, blocks: Sequence[Block]) -> Block:
    """Return `block` with the tables inside it that follow."""
    end = block.end
    for one in blocks[blocks.index(block) + 1 :]:
        if len(one.path) <= 1 or one.path[0] != block.path[0]:
            break
        end = one.end
    return replace(block, end=end)


def _inserted(lines: list[str], new: list[str], at: int, end: str) -> str:
    """Return the text with the block `new` at line `at`, an empty line before and behind it."""
    before, behind = lines[:at], lines[at:]
    if before and not before[-1].endswith("\n"):
        before = [*before[:-1], before[-1] + end]
    gap = [end] if before and before[-1].strip() else []
    gap_behind = [end] if behind and behind[0].strip() else []
    return "".join([*before, *gap, *new, *gap_behind, *behind])


def _with_key(lines: list[str], block: Block, key: str, value: Value, end: str) -> str | None:
    if key in block.keys:
        start, after = block.keys[key]
        written = with_value("".join(lines[start:after]), value)
        return None if written is None else "".join([*lines[:start], written, *lines[after:]])
    at = max((after for _start, after in block.keys.values()), default=block.start + 1)
    indent = lines[block.start][: len(lines[block.start]) - len(lines[block.start].lstrip())]
    line = indent + block_lines("", {key: value}, end)[1]
    before = lines[:at]
    if not before[-1].endswith("\n"):
        before = [*before[:-1], before[-1] + end]
    return "".join([*before, line, *lines[at:]])
