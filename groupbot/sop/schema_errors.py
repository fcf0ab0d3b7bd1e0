"""Pydantic's complaints about the shape of a file, in the operator's words and with the file's lines."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from groupbot.i18n import _, joined
from groupbot.sop.planned import Problem, Source
from groupbot.sop.schema import SopModel
from groupbot.sop.yaml_file import Place, YamlDocument


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that a person who wrote `word` most likely meant, or None."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.55)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest of `known`, or all of them when none is near."""
    names = sorted(set(known))
    if near := nearest(word, names):
        return _("Did you mean `{near}`?").format(near=near)
    return _("Known here: {known}.").format(known=joined(names)) if names else _("None is declared.")


def shape_problems(error: ValidationError, document: YamlDocument, file: str) -> tuple[Problem, ...]:
    """Return one problem for each of pydantic's errors, in the order of the file."""
    found = [_problem(detail, document, file) for detail in error.errors(include_url=False)]
    return tuple(sorted(found, key=lambda problem: problem.where.line or 0))


def _problem(detail: ErrorDetails, document: YamlDocument, file: str) -> Problem:
    code, message, hint = _words(detail)
    where = Source(file=file, line=document.line_of(detail["loc"]))
    return Problem(level="error", code=code, message=message, hint=hint, where=where)


def _words(detail: ErrorDetails) -> tuple[str, str, str]:
    """Return (code, message, hint)."""
    kind, place, context = detail["type"], detail["loc"], detail.get("ctx", {})
    key = _shown(place)
    match kind:
        case "extra_forbidden":
            hint = did_you_mean(str(place[-1]), _known_keys(place[:-1]))
            return "unknown-key", _("There is no key `{key}` here.").format(key=place[-1]), hint
        case "missing":
            return "missing-key", _("`{key}` is missing.").format(key=key), _("Add it; see docs/sop-format.md.")
        case "literal_error":
            known = joined(re.findall(r"'([^']*)'", context["expected"]))  # pydantic glues them with its own "or"
            hint = _("Write one of: {known}.").format(known=known)
            return "bad-value", _("`{key}` has a value that is not known.").format(key=key), hint
        case "too_long":
            code = "too-many-goals" if place == ("goals",) else "too-long"
            hint = _("At most {limit} are possible.").format(limit=context["max_length"])
            return code, _("`{key}` has too many entries.").format(key=key), hint
        case "string_too_long":
            hint = _("At most {limit} characters are possible.").format(limit=context["max_length"])
            return "too-long", _("`{key}` is too long.").format(key=key), hint
        case "too_short" | "string_too_short":
            return "empty-value", _("`{key}` is empty.").format(key=key), _("Fill it in or remove the key.")
        case "greater_than" | "greater_than_equal" | "less_than_equal":
            hint = _("The limit is {limit}.").format(limit=next(iter(context.values())))
            return "bad-value", _("`{key}` is out of range.").format(key=key), hint
    if detail["input"] is None:
        return "empty-value", _("`{key}` is empty.").format(key=key), _("Fill it in or remove the key.")
    return "wrong-type", _("`{key}` has the wrong shape.").format(key=key), _expected(kind)


def _expected(kind: str) -> str:
    words = {
        "string": _("Write a text here, no list and no keys."),
        "int": _("Write a whole number."),
        "float": _("Write a number."),
        "list": _("Write a list: lines that begin with `- `."),
        "dict": _("Write keys below it: `name: value`, indented by two blanks."),
        "model": _("Write keys below it: `name: value`, indented by two blanks."),
    }
    return words.get(kind.split("_", maxsplit=1)[0], _("See docs/sop-format.md."))


def _shown(place: tuple[str | int, ...]) -> str:
    """Return the last key of `place`; for a list item the list's key and the item's number."""
    keys = [str(step) for step in place if isinstance(step, str)]
    if not keys or isinstance(place[-1], str):
        return keys[-1] if keys else "-"
    return f"{keys[-1]}[{place[-1] + 1}]"


def _known_keys(place: Place) -> list[str]:
    """Return the keys that the schema knows at `place`."""
    here: Any = SopModel
    for step in place:
        here = _inside(_plain(here), step)
    found = _plain(here)
    return list(found.model_fields) if isinstance(found, type) and issubclass(found, BaseModel) else []


def _inside(here: Any, step: str | int) -> Any:
    if isinstance(here, type) and issubclass(here, BaseModel):
        return here.model_fields[str(step)].annotation
    return get_args(here)[-1]


def _plain(annotation: Any) -> Any:
    """Return `annotation` without Annotated and without `| None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return _plain(next(arg for arg in get_args(annotation) if arg is not type(None)))
    return annotation
