"""A report in files: workbook, page and picture. What makes each is imported when one is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Literal

from groupbot.errors import ConfigError
from groupbot.i18n import _, os_reason
from groupbot.reports.campaign.values import Report

Kind = Literal["xlsx", "png", "html"]


async def saved(report: Report, files: Mapping[Kind, Path]) -> None:
    """Write the report into each file. Raises ConfigError for one that can't be written, or when no font is there."""
    for kind, path in files.items():
        data = await asyncio.to_thread(made, report, kind)
        await asyncio.to_thread(_write, path, data)


def made(report: Report, kind: Kind) -> bytes:
    """Return the report as a file of `kind`."""
    make: Callable[[Report], bytes] = {"xlsx": _workbook, "png": _picture, "html": _page}[kind]
    return make(report)


def _workbook(report: Report) -> bytes:
    data: bytes = import_module("groupbot.reports.campaign.workbook").as_workbook(report)
    return data


def _page(report: Report) -> bytes:
    text: str = import_module("groupbot.reports.campaign.page").as_html(report)
    return text.encode()


def _picture(report: Report) -> bytes:
    letters = import_module("groupbot.reports.letters").letters()
    data: bytes = import_module("groupbot.reports.campaign.picture").picture(report, letters)
    return data


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise ConfigError(_("{file} can't be written: {reason}.").format(file=path, reason=os_reason(error))) from error
