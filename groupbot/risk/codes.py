"""QR codes in pictures: what they say, read beside the event loop and remembered by the picture's content."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections import OrderedDict
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groupbot.core.findings import Finding
from groupbot.risk.links import is_invite

if TYPE_CHECKING:
    from PIL.Image import Image

CODE, INVITE_CODE = "qr-code", "qr-invite"
SCORES = {CODE: 0.5, INVITE_CODE: 0.7}
LARGEST = 1_600
"""Pixels of the longer side that are looked at: a code in a photo of a phone is still some 200 of them wide."""
PIXELS = 60_000_000
"""A picture of more is not opened: it is made to fill the memory."""
REMEMBERED = 2_048
"""Pictures whose codes are kept: an advertisement goes through many groups within minutes."""


def codes_in(image: bytes) -> tuple[str, ...]:
    """Return the texts of all codes in a picture; empty for none, and for bytes that are no picture.

    Some 2 ms for a chat picture. Blocks: call it through `Codes`.
    """
    import numpy as np  # noqa: PLC0415 - a worker's business, as the two below
    import zxingcpp  # noqa: PLC0415 - the daemon starts without it
    from PIL import Image as Pictures  # noqa: PLC0415 - the same

    try:
        with Pictures.open(io.BytesIO(image)) as opened:
            if opened.width * opened.height > PIXELS:
                return ()
            opened.draft("L", (LARGEST, LARGEST))
            opened.thumbnail((LARGEST, LARGEST))
            seen = np.asarray(_on_white(opened).convert("L"))
    except (OSError, ValueError, SyntaxError, Pictures.DecompressionBombError):
        return ()
    found = zxingcpp.read_barcodes(seen, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return tuple(dict.fromkeys(one.text for one in found if one.text))


def findings_of(codes: tuple[str, ...]) -> list[Finding]:
    """Return a finding for each code; one that leads into a group or to somebody's card weighs more."""
    rules = (INVITE_CODE if is_invite(code) else CODE for code in codes)
    return [Finding(rule=rule, kind="ads", score=SCORES[rule]) for rule in rules]


@dataclass(kw_only=True, slots=True)
class Codes:
    """`codes_in` run by `workers` (a pool of threads or processes), once for pictures that are alike byte for byte."""

    workers: Executor
    _known: OrderedDict[bytes, tuple[str, ...]] = field(default_factory=OrderedDict)

    async def read(self, image: bytes) -> tuple[str, ...]:
        """Return the texts of the codes in `image`."""
        key = hashlib.blake2b(image, digest_size=16).digest()
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        codes = await asyncio.get_running_loop().run_in_executor(self.workers, codes_in, image)
        self._known[key] = codes
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return codes


def _on_white(picture: Image) -> Image:
    """Return `picture` on white paper where it is transparent."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    from PIL import Image as Pictures  # noqa: PLC0415 - a worker's business

    clear = picture.convert("RGBA")
    return Pictures.alpha_composite(Pictures.new("RGBA", clear.size, "white"), clear)
