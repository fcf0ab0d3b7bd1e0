"""What is shipped: a scorer for advertisements, one for negative messages, and a curated list of phrases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from groupbot.risk.keywords import Keyword, Keywords
from groupbot.risk.links import domain
from groupbot.risk.model import KINDS, Kind, Model
from groupbot.risk.model_file import loaded
from groupbot.risk.scan import Scanner


@cache
def shipped_model(kind: Kind) -> Model:
    """Return the shipped scorer of `kind`; `about` says what it was trained on."""
    name = f"{kind}.model"
    return loaded(files("groupbot.risk").joinpath("data", name).read_bytes(), file=name)


def shipped_keywords(own: Iterable[Keyword] = (), spared: Sequence[str] = ()) -> Keywords:
    """Return the shipped phrases with an operator's `own`, which go first, and phrases that spare what they hold."""
    raw = json.loads(files("groupbot.risk").joinpath("data/phrases.json").read_text(encoding="utf-8"))
    curated = (
        Keyword(text=text, kind=kind, score=float(score))
        for kind, by_score in raw["keywords"].items()
        for score, texts in by_score.items()
        for text in texts
    )
    return Keywords([*own, *curated], [*spared, *raw["exceptions"]])


def shipped_scanner() -> Scanner:
    """Return a scanner with everything that is shipped, warm for its first message; making it takes half a second."""
    domain("example.com")
    return Scanner([shipped_model(kind) for kind in KINDS], shipped_keywords())
