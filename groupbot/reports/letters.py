"""Letters for pictures on any machine: the font comes with a package, since servers often have no Chinese one."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groupbot.errors import ConfigError
from groupbot.i18n import _

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_CARRIER = "zhplot"
_FONT = Path("fonts") / "NotoSansSC-Regular.ttf"
# A word, or one character of a script without blanks; closing punctuation never begins a line.
_TOKEN = re.compile(r"(?:[!-~]+|[^!-~])[，。！？、：；）】》」』”’…]* ?")
_LOOSE = re.compile(r" (?=[，。！？、：；）】》」』])")
"""A blank that only parted a sign left out from the punctuation behind it."""
_ELLIPSIS = "…"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """One font. `known`: the code points that it has glyphs for."""

    font: Callable[[int], FreeTypeFont]
    known: frozenset[int]

    def drawable(self, text: str) -> str:
        """Return `text` on one line without what has no glyph here: emoji would come out as empty boxes."""
        kept = "".join(sign for sign in text if sign.isspace() or ord(sign) in self.known)
        return _LOOSE.sub("", " ".join(kept.split()))


def letters() -> Letters:
    """Return the font. Raises ConfigError when the packages for pictures are not installed."""
    try:
        from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 - only who draws needs it
        from PIL import ImageFont  # noqa: PLC0415
    except ImportError as error:
        raise _not_installed(str(error)) from error
    spec = importlib.util.find_spec(_CARRIER)  # importing it would change matplotlib's settings for the whole process
    if spec is None or not spec.submodule_search_locations:
        raise _not_installed(_CARRIER)
    path = str(Path(next(iter(spec.submodule_search_locations))) / _FONT)
    with TTFont(path, lazy=True) as font:
        known = frozenset(font.getBestCmap())
    # The basic layout is the same on every machine; the other one depends on a library of the system.
    return Letters(font=lambda size: ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC), known=known)


def wrapped(text: str, width_of: Callable[[str], float], width: float, most: int) -> list[str]:
    """Return `text` in at most `most` lines no wider than `width`; what does not fit ends in an ellipsis."""
    lines, used = [""], 0.0
    for token in _pieces(text, width_of, width):
        wide = width_of(token)
        if used + width_of(token.rstrip()) <= width:
            lines[-1] += token
            used += wide
        elif len(lines) < most:
            lines.append(token)
            used = wide
        else:
            lines[-1] = _shortened(lines[-1] + token, width_of, width)
            break
    return [one.strip() for one in lines]


def _pieces(text: str, width_of: Callable[[str], float], width: float) -> list[str]:
    """Return what may not be parted; a word wider than a line falls into its characters."""
    found = _TOKEN.findall(text)
    return [piece for token in found for piece in ([token] if width_of(token.rstrip()) <= width else token)]


def _shortened(line: str, width_of: Callable[[str], float], width: float) -> str:
    while line and width_of(line.rstrip() + _ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


def _not_installed(detail: str) -> ConfigError:
    return ConfigError(
        _("Pictures need packages that are not installed: {detail}").format(detail=detail),
        hint=_("Install them with groupbot: pip install 'groupbot[pictures]'"),
    )
