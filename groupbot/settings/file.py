"""Read config.toml, or refuse it in words that name the file, the line, the key and what to write instead."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from groupbot.errors import ConfigError
from groupbot.i18n import _, joined, os_reason
from groupbot.settings.accounts import ConsoleAccount, WechatyAccount
from groupbot.settings.fields import FILE, FOLDER
from groupbot.settings.model import ENVIRON, Settings
from groupbot.settings.toml_lines import Place, line_of

_FULL_WIDTH = dict(zip("＝：“”‘’，［］【】", "==\"\"'',[][]", strict=True))
_ADAPTERS: dict[str, type[BaseModel]] = {"console": ConsoleAccount, "wechaty": WechatyAccount}


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in the TOML file `path`; secrets are looked up in `environ` (the process's by default).

    Raises ConfigError for a file that is missing, unreadable, no TOML, or says something that groupbot does not know.
    Every problem found is one line of the message.
    """
    return parse(_read(path), path, environ)


def parse(text: str, path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that `text` says as the content of `path`. Raises ConfigError as `load` does."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_refusal(path, text, str(error)) from error
    place = path.resolve()
    context = {FOLDER: place.parent, FILE: place.name, ENVIRON: dict(os.environ if environ is None else environ)}
    raw.setdefault("database", {})  # so that the default path, too, is placed beside the file
    try:
        return Settings.model_validate(raw, context=context)
    except ValidationError as error:
        problems = error.errors(include_url=False)
    raise ConfigError(  # outside the handler: pydantic's own words would print the values, secrets among them
        "\n".join(_describe(problem, path, text) for problem in problems),
        hint=_("config.example.toml shows every key with its unit and default."),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(
            _("There is no {file}.").format(file=path),
            hint=_("`groupbot init DIR` makes a project with one; or name yours by --config FILE."),
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            _("{file} is not UTF-8 text.").format(file=path), hint=_("Save it as UTF-8 in your editor.")
        ) from error
    except OSError as error:
        raise ConfigError(
            _("{file} can't be read: {detail}").format(file=path, detail=os_reason(error)),
            hint=_("Name a file that you may read by --config FILE."),
        ) from error


def _syntax_refusal(path: Path, text: str, words: str) -> ConfigError:
    found = re.search(r"at line (\d+), column (\d+)", words)
    line = int(found[1]) if found else max(1, len(text.splitlines()))
    return ConfigError(
        _("{file}:{line}: this is not TOML: {detail}").format(file=path, line=line, detail=words),
        hint=_full_width(text.splitlines()[line - 1 : line])
        or _("Text stands in double quotes, tables in [brackets], lists of tables in [[two brackets]]."),
    )


def _full_width(lines: list[str]) -> str:
    """Return the hint for a sign that a Chinese keyboard gave in the place of TOML's own, "" when there is none."""
    written = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", "".join(lines))
    found = next((sign for sign in written if sign in _FULL_WIDTH), "")
    return _("Type `{right}` instead of `{sign}`.").format(right=_FULL_WIDTH[found], sign=found) if found else ""


def _describe(problem: ErrorDetails, path: Path, text: str) -> str:
    context: dict[str, Any] = problem.get("ctx", {})
    place: Place = context.get("place") or problem["loc"]
    shown = _without_adapter(place)
    line = line_of(text, shown)
    where = f"{path}:{line}" if line else f"{path}"
    return f"{where}: {_dotted(shown)}: {_explain(problem, context, place)}"


def _explain(problem: ErrorDetails, context: dict[str, Any], place: Place) -> str:
    kind = problem["type"]
    if kind == "extra_forbidden":
        return _unknown_key(place)
    if kind == "missing":
        return _("this key is missing and has no default")
    if kind == "union_tag_not_found":
        return _("adapter is missing; write one of: {known}").format(known=joined(_ADAPTERS))
    if kind == "union_tag_invalid":
        return _("there is no adapter {name!r}; write one of: {known}").format(
            name=context["tag"], known=joined(_ADAPTERS)
        )
    if kind == "literal_error":
        return _("write one of: {known}").format(known=context["expected"])
    if kind == "value_error":
        return str(context["error"])
    if kind == "reference":
        return str(context["message"])
    if kind.startswith("tuple") and len(place) == 1:
        return _("write [[{name}]] with two brackets, one block for each").format(name=place[0])
    return _expected(kind, context) or problem["msg"]


def _expected(kind: str, context: dict[str, Any]) -> str:
    """Return what a wrongly typed or sized value should be, "" for kinds that have no words here."""
    limits = {
        "greater_than": _("must be more than {limit}"),
        "greater_than_equal": _("must be at least {limit}"),
        "less_than_equal": _("must be at most {limit}"),
        "string_too_long": _("must have at most {limit} characters"),
        "string_too_short": _("must not be empty"),
    }
    if kind in limits:
        return limits[kind].format(limit=next(iter(context.values())))
    types = {
        "string": _("must be text in double quotes"),
        "int": _("must be a whole number"),
        "float": _("must be a number"),
        "finite": _("must be a number"),
        "bool": _("must be true or false"),
        "path": _("must be a path in double quotes"),
        "tuple": _("must be a list in [brackets]"),
        "frozen": _("must be a list in [brackets]"),
        "date": _("must be a day, as 2026-11-20"),
        "dict": _("must be a table"),
        "mapping": _("must be a table"),
        "model": _("must be a table"),
    }
    return types.get(kind.split("_", maxsplit=1)[0], "")


def _unknown_key(place: Place) -> str:
    known = _known_keys(place[:-1])
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    if near:
        return _("unknown key; did you mean {near}?").format(near=near[0])
    return _("unknown key; known here: {known}").format(known=joined(known))


def _known_keys(table: Place) -> list[str]:
    """Return the keys of the table at `table`, a place as pydantic gives it (adapter names among the steps)."""
    section: type[BaseModel] = Settings
    for step in table:
        if isinstance(step, int):
            continue
        if step in _ADAPTERS and section in _ADAPTERS.values():
            section = _ADAPTERS[step]
        else:
            section = _section_in(section.model_fields[step].annotation) or section
    return [field.alias or name for name, field in section.model_fields.items()]


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _section_in(part))), None)


def _without_adapter(place: Place) -> Place:
    """Return `place` without the adapter's name that pydantic puts after an account's number."""
    has_adapter = len(place) > 2 and place[0] == "accounts" and place[2] in _ADAPTERS  # noqa: PLR2004
    return (*place[:2], *place[3:]) if has_adapter else place


def _dotted(place: Place) -> str:
    words = [f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in place]
    return "".join(words).lstrip(".")
