"""Login codes as pictures: PNG for files and messages, block characters for terminals."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

_SCALE = 8
"""Pixels of one module: a code of the usual size is then about 300 pixels wide, which phones read from any screen."""
_TERMINAL_BORDER = 2
"""Modules of quiet zone in a terminal; the standard's 4 would cost two lines, and phones read it with 2."""


def picture(payload: str) -> bytes:
    """Return `payload` as a QR code in a PNG file; raises ValueError for one that is too long for a QR code."""
    made = io.BytesIO()
    _code(payload).save(made, kind="png", scale=_SCALE)
    return made.getvalue()


def drawing(payload: str) -> str:
    """Return `payload` as a QR code in lines of block characters, light on dark; raises ValueError as `picture`."""
    made = io.StringIO()
    _code(payload).terminal(made, border=_TERMINAL_BORDER, compact=True)
    return made.getvalue().rstrip("\n")


def _code(payload: str) -> QRCode:
    from segno import make_qr  # noqa: PLC0415 - every command would pay for it, and only a login needs it

    return make_qr(payload)
