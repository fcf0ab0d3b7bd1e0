"""The heavy half of judging: what reads words and pictures. Imported when the first message comes."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Executor

from groupbot.admin.audit import BY_ITSELF
from groupbot.admin.risk_ports import Lesson
from groupbot.risk import teaching
from groupbot.risk.codes import Codes, findings_of
from groupbot.risk.fusion import fused
from groupbot.risk.ladder import Concern
from groupbot.risk.model import KINDS, Model
from groupbot.risk.promotion import Versions
from groupbot.risk.rules import Band
from groupbot.risk.scan import Scanner
from groupbot.risk.shipped import shipped_keywords, shipped_model
from groupbot.risk.views import views

__all__ = ["codes", "findings_of", "fused", "lesson", "scanner", "skeleton", "teachers"]


def scanner(models: Sequence[Model], allowed: AbstractSet[str]) -> tuple[Scanner, dict[Concern, Band]]:
    """Return what reads words, warm, and the bands that its scorers were trained to; takes half a second."""
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


def teachers(lessons: teaching.Lessons, versions: Versions) -> dict[Concern, teaching.Teacher]:
    """Return who keeps each scorer, as it was shipped."""
    own = frozenset({BY_ITSELF})
    made = (
        teaching.Teacher(shipped=shipped_model(kind), lessons=lessons, versions=versions, own=own) for kind in KINDS
    )
    return {Concern(one.shipped.kind): one for one in made}


def lesson(said: Lesson) -> teaching.Lesson:
    """Return what a person said as a row; only concerns with a scorer have one."""
    kind = next(kind for kind in KINDS if kind == said.concern.value)
    return teaching.Lesson(
        at=said.at, by=said.by, kind=kind, message=said.message_id, label=int(said.is_hit), way=said.way
    )
