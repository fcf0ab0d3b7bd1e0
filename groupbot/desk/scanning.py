"""The heavy half of judging: what reads words and pictures. Imported when the first message comes."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from concurrent.futures import Executor

from groupbot.risk.codes import Codes, findings_of
from groupbot.risk.fusion import fused
from groupbot.risk.ladder import Concern
from groupbot.risk.model import KINDS
from groupbot.risk.rules import Band
from groupbot.risk.scan import Scanner
from groupbot.risk.shipped import shipped_keywords, shipped_model
from groupbot.risk.views import views

__all__ = ["codes", "findings_of", "fused", "scanner", "skeleton"]


def scanner(allowed: AbstractSet[str]) -> tuple[Scanner, dict[Concern, Band]]:
    """Return what reads words, warm, and the bands that its scorers were trained to; takes half a second."""
    models = [shipped_model(kind) for kind in KINDS]
    bands = {Concern(model.kind): Band(threshold=model.threshold, sure=model.sure) for model in models}
    made = Scanner(models, shipped_keywords(), allowed=allowed)
    made.scan("example.com 1")
    return made, bands


def codes(workers: Executor) -> Codes:
    """Return what reads codes in pictures."""
    return Codes(workers=workers)


def skeleton(text: str) -> str:
    """Return what is left of a text without decoration: the same for what is meant to be the same."""
    return views(text).skeleton
