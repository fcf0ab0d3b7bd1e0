"""A TOML text as blocks of lines, so that one value can be replaced and every other byte stays. Pure.

The standard parser decides where a value ends: its lines are those that parse by themselves. tomlkit 0.15 keeps
formatting, too, but puts new keys and blocks behind the comments that head the next section, moves blocks of one list
that stand apart, and glues a new block to a last line without an end.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Value = str | bool | tuple[str, ...] | Mapping[str, str]
"""What can be written: text, truth, a list of texts, an inline table of texts."""
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_KEY = re.compile(r"""[ \t]*(?:[\w-]+|"[^"\\\n]*"|'[^'\n]*')[ \t]*=[ \t]*""", re.ASCII)
_BARE = re.compile(r"[\w-]+", re.ASCII)
_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"} | {
    code: f"\\u{code:04X}" for code in (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F)
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """The lines of a table: its header, and its keys with their values. Lines count from 0, ends are exclusive.

    `end` is behind the last key and the comments that follow it without an empty line; blocks of tables inside this
    one have their own.
    """

    path: tuple[str, ...]
    start: int
    end: int
    keys: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def lines_of(text: str) -> list[str]:
    """Return the lines with their ends; only line feeds end one, as in TOML."""
    return _LINE.findall(text)


def blocks_of(lines: list[str]) -> list[Block]:
    """Return the tables that have a header, in the file's order. `lines` are valid TOML."""
    return [_block(lines, start, until) for start, until in pairwise([*_headers(lines), len(lines)])]


def with_value(written: str, value: Value) -> str | None:
    """Return a key's lines with another value: spelling and the comment behind it stay. None for a dotted key.

    Comments between the lines of a list go with it.
    """
    head = _KEY.match(written)
    if head is None:
        return None
    body = written.rstrip("\r\n")
    return head[0] + toml(value) + _comment(body) + written[len(body) :]


def block_lines(header: str, values: Mapping[str, Value], end: str) -> list[str]:
    """Return the lines of a new block, each with the line end `end`."""
    return [header + end, *(f"{key} = {toml(value)}{end}" for key, value in values.items())]


def toml(value: Value) -> str:
    """Return `value` as TOML writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value.translate(_ESCAPES)}"'
        case tuple():
            return f"[{', '.join(map(toml, value))}]"
        case _:
            inside = ", ".join(f"{_word(key)} = {toml(text)}" for key, text in value.items())
            return f"{{ {inside} }}" if inside else "{}"


def _word(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml(key)


def _headers(lines: list[str]) -> Iterator[int]:
    """Yield the lines that open a table; one inside a value is none."""
    at = 0
    while at < len(lines):
        if lines[at].lstrip(" \t").startswith("["):
            yield at
            at += 1
        else:
            at = _end_of_key(lines, at) if _is_key(lines[at]) else at + 1


def _names(header: str) -> tuple[str, ...]:
    """Return the names in a header."""
    names = []
    found: Any = tomllib.loads(header)
    while isinstance(found, dict) and found:
        name, found = next(iter(found.items()))
        names.append(name)
    return tuple(names)


def _block(lines: list[str], start: int, until: int) -> Block:
    keys: dict[str, tuple[int, int]] = {}
    at = end = start + 1
    while at < until:
        if _is_key(lines[at]):
            after = _end_of_key(lines, at)
            keys[next(iter(tomllib.loads("".join(lines[at:after]))))] = (at, after)
            at = end = after
        else:
            at += 1
    while end < until and lines[end].strip():
        end += 1
    return Block(path=_names(lines[start]), start=start, end=end, keys=keys)


def _is_key(line: str) -> bool:
    return not line.strip().startswith("#") and bool(line.strip())


def _end_of_key(lines: list[str], at: int) -> int:
    """Return the line behind the key at line `at`: the fewest lines that are TOML by themselves."""
    return next(end for end in range(at + 1, len(lines) + 1) if _parses("".join(lines[at:end])))


def _comment(body: str) -> str:
    """Return the comment behind a key's value with the blanks before it, "" when there is none."""
    for found in re.finditer("#", body):
        before = body[: found.start()]
        if _parses(before):
            return body[len(before.rstrip(" \t")) :]
    return ""


def _parses(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True
