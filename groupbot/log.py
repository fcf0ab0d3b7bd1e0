"""One log for everything: loguru with bound fields, on standard error so that standard output stays clean for `--json`.

What libraries log through the standard module comes the same way. Secrets are blotted out of every record before any
sink sees it. Message bodies are bound as fields of DEBUG records only; `configure` drops such fields above DEBUG.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from loguru import logger

from groupbot.errors import ConfigError
from groupbot.i18n import _, os_reason

if TYPE_CHECKING:
    from loguru import Record

BLOT = "***"
BODY_FIELDS = frozenset({"text", "body"})
"""Names of bound fields that hold members' or operators' words."""
NOISY = {
    "apscheduler": "WARNING",
    "apscheduler.executors": "CRITICAL",  # a job that fails is told by scheduling.waker, with its name
    "sqlalchemy": "WARNING",
    "aiosqlite": "WARNING",  # its lesser records show every value that is written, login codes among them
    "psycopg": "WARNING",
    "alembic": "WARNING",
    "grpclib": "WARNING",
    "hpack": "WARNING",
    "urllib3": "WARNING",  # its lesser records show the paths of webhooks, which may be tokens
    "watchfiles": "WARNING",
}
"""Libraries whose lesser records tell an operator nothing."""

_LINE = "_line"
_SECRET_NAME = re.compile(r"(?i)authorization|token|secret|password|passwd|api_?key")
_ASSIGNED = re.compile(
    r"(?i)(\b(?:authorization|\w*token|\w*secret|password|passwd|api[_-]?key)\b[\"']?\s*[:=]\s*)"
    r"(?:[\"'](?:\w+\s+)?[^\"'\n]*[\"']|(?:bearer|basic|wechaty)\s+[^\s,;)}\]]+|[^\s,;)}\]]+)"
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What could begin a line of its own, or command a terminal: a member's or gateway's words stay inside their line."""
_IN_URL = re.compile(r"(://[^/\s:@]+:)[^/\s@]+(?=@)")


class Options(Protocol):
    """What `configure` needs to know; `LogSettings` has it."""

    @property
    def level(self) -> str:
        """Least severity that is written."""
        ...

    @property
    def file(self) -> Path | None:
        """A log file beside the stream."""
        ...

    @property
    def format(self) -> str:
        """`text` or `json`."""
        ...

    @property
    def rotation_mb(self) -> float:
        """Megabytes after which a new file is begun."""
        ...

    @property
    def retention_days(self) -> int:
        """Days that old files are kept."""
        ...


def configure(options: Options, secrets: Iterable[str] = (), *, stream: TextIO | None = None) -> None:
    """Send the log to `stream` (standard error by default) and to the file that `options` names.

    May be called again: the newest call counts. `secrets` are values that never appear, wherever they come from.
    Raises ConfigError for a file that can't be written, before anything is changed.
    """
    if options.file:
        _require_writable(options.file)
    blot = blotter(secrets)
    shared: dict[str, Any] = {
        "level": options.level,
        "format": _as_json if options.format == "json" else _as_text,
        "colorize": False,
        "diagnose": False,  # loguru's own traces show the values of variables
    }
    logger.remove()
    logger.configure(patcher=lambda record: _clean(record, blot))
    logger.add(stream or sys.stderr, **shared)
    if options.file:
        logger.add(
            options.file,
            rotation=f"{options.rotation_mb} MB",
            retention=f"{options.retention_days} days",
            encoding="utf-8",
            **shared,
        )
    _intercept(options.level)


def _require_writable(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a").close()
    except OSError as error:
        raise ConfigError(
            _("The log file {file} can't be written: {reason}.").format(file=file, reason=os_reason(error)),
            hint=_("Mend [log] file, or make its folder writable."),
        ) from error


def blotter(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return a function that blots out `secrets`, and whatever is written like one (`token=…`, `Authorization: …`)."""
    known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
    exact = re.compile("|".join(map(re.escape, known))) if known else None

    def blot(text: str) -> str:
        text = exact.sub(BLOT, text) if exact else text
        return _IN_URL.sub(rf"\g<1>{BLOT}", _ASSIGNED.sub(rf"\g<1>{BLOT}", text))

    return blot


def _clean(record: Record, blot: Callable[[str], str]) -> None:
    """Blot `record` and keep bodies out of it above DEBUG; a traceback becomes the text field `trace`."""
    is_debug = record["level"].no <= logging.DEBUG
    fields = {
        key: _blot_value(key, value, blot)
        for key, value in record["extra"].items()
        if is_debug or key not in BODY_FIELDS
    }
    if record["exception"]:
        fields["trace"] = blot("".join(traceback.format_exception(*record["exception"])))
        record["exception"] = None
    record["message"] = blot(record["message"])
    record["extra"].clear()
    record["extra"].update(fields)


def _blot_value(key: str, value: object, blot: Callable[[str], str]) -> object:
    if isinstance(value, bool | int | float) or value is None:
        return value
    return BLOT if _SECRET_NAME.search(key) else blot(str(value))


def _as_text(record: Record) -> str:
    """Lay out one line for people: time, level, place, message, fields; then the trace."""
    fields = {key: value for key, value in record["extra"].items() if key != _LINE}
    trace = fields.pop("trace", "")
    head = f"{record['time']:%Y-%m-%d %H:%M:%S.%f} {record['level'].name:<7} {record['name']}:"
    shown = "".join(f" {key}={value}" for key, value in fields.items())
    line = _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), f"{record['message']}{shown}")
    return _lay_out(record, f"{head} {line}\n{trace}")


def _as_json(record: Record) -> str:
    """Lay out one JSON object; bound fields stand beside the fixed ones."""
    fields = {key: value for key, value in record["extra"].items() if key != _LINE}
    fixed = {
        "at": record["time"].isoformat(timespec="milliseconds"),
        "level": record["level"].name,
        "logger": record["name"],
        "message": record["message"],
    }
    return _lay_out(record, json.dumps(fields | fixed, ensure_ascii=False) + "\n")


def _lay_out(record: Record, line: str) -> str:
    """Keep `line` in the record, return the template that prints it: loguru reads braces and <marks> in templates."""
    record["extra"][_LINE] = line
    return f"{{extra[{_LINE}]}}"


class _ToLoguru(logging.Handler):
    """Hand records of the standard module on, named by their logger and place."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno

        def name(target: Record) -> None:
            target["name"] = record.name

        logger.patch(name).opt(exception=record.exc_info).log(level, "{}", record.getMessage())


def _intercept(level: str) -> None:
    logging.basicConfig(handlers=[_ToLoguru()], level=level, force=True)
    for name, least in NOISY.items():
        logging.getLogger(name).setLevel(max(logging.getLevelName(least), logging.getLevelName(level)))
