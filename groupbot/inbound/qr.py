"""Codes as pictures: PNG for files, messages and print, block characters for terminals."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

_SCALE = 8
"""Pixels of one module: a code of the usual size is then about 300 pixels wide, which phones read from any screen."""
_POSTER_PX = 1_200
"""Least width of a code for print: 10 cm at 300 dots per inch."""
_POSTER_DPI = 300
_TERMINAL_BORDER = 2
"""Modules of quiet zone in a terminal; the standard's 4 would cost two lines, and phones read it with 2."""


def picture(payload: str) -> bytes:
    """Return `payload` as a QR code in a PNG file; raises ValueError for one that is too long for a QR code."""
    made = io.BytesIO()
    _code(payload).save(made, kind="png", scale=_SCALE)
    return made.getvalue()


def poster(payload: str) -> bytes:
    """Return `payload` as a QR code for print in a PNG file; a quarter of it may be dirty, torn or under a small logo.

    Raises ValueError as `picture`.
    """
    from segno import make_qr  # noqa: PLC0415 - as below

    code = make_qr(payload, error="q", boost_error=True)
    scale = math.ceil(_POSTER_PX / code.symbol_size()[0])
    made = io.BytesIO()
    code.save(made, kind="png", scale=scale, dpi=_POSTER_DPI)
    return made.getvalue()


def drawing(payload: str) -> str:
    """Return `payload` as a QR code in lines of block characters, light on dark; raises ValueError as `picture`."""
    made = io.StringIO()
    _code(payload).terminal(made, border=_TERMINAL_BORDER, compact=True)
    return made.getvalue().rstrip("\n")


def _code(payload: str) -> QRCode:
    from segno import make_qr  # noqa: PLC0415 - every command would pay for it, and only a login needs it

    return make_qr(payload)
