"""Kinds of value that config.toml's fields are made of: checked names, zones, and paths beside the file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from groupbot.core.content import Content
from groupbot.i18n import _, joined

YEAR_S = 31_536_000.0
"""The longest time that a setting in seconds may ask for: instants so far off can still be reckoned with."""
CENTURY_DAYS = 36_500
"""The same for settings in days."""
FOLDER = "folder"
"""Key of the validation context under which the folder of config.toml travels."""
FILE = "file"
"""The same for its name there."""


class Section(BaseModel):
    """A table of config.toml: frozen, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _check_name(value: str) -> str:
    if not value or value != value.strip() or any(mark in value for mark in ",/\n"):
        raise ValueError(
            _("{name!r} is no usable name: no comma, slash or blank at its ends, and not empty").format(name=value)
        )
    return value


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            _("{zone!r} is no time zone; write a name such as Asia/Shanghai or Europe/Berlin").format(zone=value)
        ) from error
    return value


def _check_endpoint(value: str) -> str:
    host, _colon, port = value.rpartition(":")
    if not host or "/" in host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004
        raise ValueError(_("{endpoint!r} is no endpoint; write host:port, as in 127.0.0.1:8788").format(endpoint=value))
    return value


def _check_listen(value: str) -> str:
    return _check_endpoint(value) if value else value


def _check_word(value: str) -> str:
    if not value.strip():
        raise ValueError(_("must not be empty"))
    return value


def _check_kind(value: str) -> str:
    kinds = sorted(cls.kind for cls in get_args(Content))
    if value not in kinds:
        raise ValueError(_("{kind!r} is no kind; write some of {kinds}").format(kind=value, kinds=joined(kinds)))
    return value


def beside_config(value: Path, info: ValidationInfo) -> Path:
    """Return `value` as it is meant in config.toml: relative paths start at the file's own folder."""
    if value == Path() or "\0" in str(value):
        raise ValueError(_("must be a path in double quotes"))
    folder = (info.context or {}).get(FOLDER)
    return folder / value if folder else value


def beside_config_url(url: str, info: ValidationInfo) -> str:
    """Return `url` with a relative SQLite path made absolute against the folder of config.toml."""
    folder = (info.context or {}).get(FOLDER)
    scheme, found, rest = url.partition(":///")
    path, query, options = rest.partition("?")
    in_memory = path in {"", ":memory:"} or path.startswith("file:")
    if not folder or not found or scheme.split("+")[0] != "sqlite" or in_memory:
        return url
    return f"{scheme}:///{(folder / path).as_posix()}{query}{options}"


AccountName = Annotated[str, Field(max_length=64), AfterValidator(_check_name)]
GroupName = Annotated[str, Field(max_length=128), AfterValidator(_check_name)]
ChatId = Annotated[str, Field(min_length=1, max_length=128)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Endpoint = Annotated[str, AfterValidator(_check_endpoint)]
Listen = Annotated[str, AfterValidator(_check_listen)]
FilePath = Annotated[Path, AfterValidator(beside_config)]
DatabaseUrl = Annotated[str, Field(min_length=1), AfterValidator(beside_config_url)]
Word = Annotated[str, AfterValidator(_check_word)]
ContentKind = Annotated[str, AfterValidator(_check_kind)]
Seconds = Annotated[float, Field(ge=0, le=YEAR_S, allow_inf_nan=False)]
PositiveSeconds = Annotated[float, Field(gt=0, le=YEAR_S, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=0, le=CENTURY_DAYS)]
Count = Annotated[int, Field(ge=0)]
