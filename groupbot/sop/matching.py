"""Which step of an edited SOP is which step of the old one.

Equal ids are the same step: a YAML file and an exported sheet carry them, and the id that a sheet's row is given stays
while its stage, time and words do. What says the same under another id is the same step, too. What is left of a sheet
was changed or is new: it is matched by words, time and stage, and where two answers are near each other a person is
asked. What is left of a YAML file, whose ids a person wrote, is new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from groupbot.sop.document import MediaPart, Sop, Step, templates_of
from groupbot.sop.open_end import format_at
from groupbot.sop.timenode import AfterStep

SURE = 0.6
"""From this likeness on a match is taken without asking. Of the words, 4 in 10 are the same at the same time, 6 in 10
at another clock of the day, 8 in 10 at another day and clock."""
POSSIBLE = 0.4
"""Below it two steps have little in common: the new one is new."""
CLEAR = 0.1
"""By so much the best answer must be ahead of the next to be taken without asking."""
_WORDS, _TIME, _STAGE = 0.65, 0.25, 0.1
"""What of the likeness comes from what. Words weigh most: times move more often than posts are written anew."""
_ALL_PAIRS = 250_000
"""Pairs that are compared at most (~1 s); beyond, only steps of one stage or time are."""


_Key = Callable[[Step], tuple[str, ...]]
_Pair = tuple[float, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """The new step `new` is the old step `old`; `certainty` is 1 for the same id, else the likeness."""

    new: str
    old: str
    certainty: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Nobody but a person knows whether the new step `new` is one of `candidates` (old steps, likeliest first)."""

    new: str
    candidates: tuple[Match, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Matching:
    """What became of the steps. New steps that are in neither are new; old ones that no match names are gone."""

    matches: tuple[Match, ...]
    questions: tuple[Question, ...] = ()

    @property
    def olds(self) -> Mapping[str, str]:
        """New id -> old id."""
        return {match.new: match.old for match in self.matches}


NEW = "new"
"""The answer that a step is none of the old ones."""


def match(old: Sop, new: Sop, answers: Mapping[str, str] | None = None) -> Matching:
    """Return which steps of `new` are which of `old`; `answers`: new step -> old step or `NEW`, as a person says.

    An answer that names no step is left out.
    """
    pairing = _Pairing(old={step.id: step for step in old.steps}, new={step.id: step for step in new.steps})
    for asked, meant in (answers or {}).items():
        pairing.settle(asked, meant)
    for step in new.steps:
        pairing.join(step.id, step.id)
    for key in (_whole, _said):
        pairing.by_key(key)
    pairing.leave_out({step.id for step in new.steps if step.source.row is None})
    return pairing.by_likeness()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Likely:
    """Pairs (likeness, new, old) that may be the same step, likeliest first."""

    pairs: tuple[_Pair, ...]
    of_new: Mapping[str, list[_Pair]]
    of_old: Mapping[str, list[_Pair]]

    @classmethod
    def of(cls, scores: Mapping[tuple[str, str], float]) -> _Likely:
        """Sort pairs with their likeness."""
        pairs = tuple(sorted(((score, new, old) for (new, old), score in scores.items()), key=_likeliest_first))
        of_new: defaultdict[str, list[_Pair]] = defaultdict(list)
        of_old: defaultdict[str, list[_Pair]] = defaultdict(list)
        for pair in pairs:
            of_new[pair[1]].append(pair)
            of_old[pair[2]].append(pair)
        return cls(pairs=pairs, of_new=of_new, of_old=of_old)

    def beside(self, new: str, old: str) -> Iterator[_Pair]:
        """Yield the other pairs that one of the two steps is in."""
        yield from (pair for pair in self.of_new[new] if pair[2] != old)
        yield from (pair for pair in self.of_old[old] if pair[1] != new)


def _likeliest_first(pair: _Pair) -> tuple[float, str, str]:
    return (-pair[0], pair[1], pair[2])


def take_over(new: Sop, matching: Matching, taken: Iterable[str]) -> Sop:
    """Return `new` with the ids of the old steps, so that their posts keep their keys.

    A new step whose id is among `taken` (ids that the campaign has ever used) gets another.
    """
    ids = dict(matching.olds)
    used = set(taken) | set(ids.values())
    for step in new.steps:
        if step.id not in ids:
            ids[step.id] = _free(step.id, used)
            used.add(ids[step.id])
    return replace(new, steps=tuple(_renamed(step, ids) for step in new.steps))


def _free(name: str, used: set[str]) -> str:
    names = (name, *(f"{name}-{number}" for number in range(2, len(used) + 3)))
    return next(candidate for candidate in names if candidate not in used)


def _renamed(step: Step, ids: Mapping[str, str]) -> Step:
    at = step.at
    if isinstance(at, AfterStep):
        at = replace(at, step=ids.get(at.step, at.step))
    return replace(step, id=ids[step.id], at=at)


@dataclass(kw_only=True, slots=True)
class _Pairing:
    """Steps that wait for a partner, in the order of their SOP."""

    old: dict[str, Step]
    new: dict[str, Step]
    matches: list[Match] = field(default_factory=list)

    def settle(self, new: str, old: str) -> None:
        """Take in what a person says."""
        if old == NEW and new in self.new:
            del self.new[new]
        else:
            self.join(new, old)

    def join(self, new: str, old: str, certainty: float = 1.0) -> None:
        """Match two steps, if both still wait."""
        if new in self.new and old in self.old:
            self.matches.append(Match(new=new, old=old, certainty=certainty))
            del self.new[new], self.old[old]

    def leave_out(self, new: AbstractSet[str]) -> None:
        """Take new steps that wait for new."""
        self.new = {name: step for name, step in self.new.items() if name not in new}

    def by_key(self, key: _Key, *, only: bool = False) -> None:
        """Match what has the same key on both sides, as often on the one as on the other, in order.

        `only`: where it is there once.
        """
        olds, news = _by(key, self.old), _by(key, self.new)
        for name, mine in news.items():
            its = olds.get(name, [])
            if len(its) == len(mine) and (len(its) == 1 or not only):
                for new, old in zip(mine, its, strict=True):
                    self.join(new, old, SURE if only else 1.0)

    def by_likeness(self) -> Matching:
        """Match the rest, likeliest first, leaving what is unsure to a person."""
        likely = _Likely.of(self._scores())
        unsure: dict[str, None] = {}
        for score, new, old in likely.pairs:
            if new in self.new and old in self.old and new not in unsure:
                rival = max((other for other, mine, its in likely.beside(new, old) if self._wait(mine, its)), default=0)
                if score >= SURE and score - rival >= CLEAR:
                    self.join(new, old, round(score, 2))
                else:
                    unsure[new] = None
        self.by_key(_slot, only=True)
        asked = (Question(new=new, candidates=self._candidates_of(new, likely)) for new in unsure if new in self.new)
        return Matching(matches=tuple(self.matches), questions=tuple(q for q in asked if q.candidates))

    def _wait(self, new: str, old: str) -> bool:
        return new in self.new and old in self.old

    def _candidates_of(self, new: str, likely: _Likely) -> tuple[Match, ...]:
        return tuple(
            Match(new=new, old=old, certainty=round(score, 2))
            for score, _new, old in likely.of_new[new]
            if old in self.old
        )

    def _scores(self) -> dict[tuple[str, str], float]:
        """Return how alike the waiting steps are, where they may be the same."""
        if not self.new:
            return {}
        olds = [(step, _grams(step)) for step in self.old.values()]
        return {
            (step.id, other.id): score
            for step in self.new.values()
            for grams in (_grams(step),)
            for other, others in self._candidates(step, olds)
            if (score := _likeness(step, other, grams, others)) >= POSSIBLE
        }

    def _candidates(
        self, step: Step, olds: Sequence[tuple[Step, frozenset[str]]]
    ) -> Iterator[tuple[Step, frozenset[str]]]:
        few = len(self.new) * len(olds) <= _ALL_PAIRS
        for other, grams in olds:
            if few or other.phase == step.phase or _time(other) == _time(step):
                yield other, grams


def _likeness(one: Step, other: Step, mine: frozenset[str], its: frozenset[str]) -> float:
    """Return how alike two steps are, from 0 to 1; a post and a person's task are never the same."""
    if (one.task is None) != (other.task is None) or one.place != other.place:
        return 0.0
    words = 2 * len(mine & its) / (len(mine) + len(its)) if mine or its else 0.0
    return _WORDS * words + _TIME * _time_likeness(one, other) + _STAGE * (one.phase == other.phase)


def _time_likeness(one: Step, other: Step) -> float:
    """Return 1 for the same time, half for the same day or clock."""
    mine, its = _time(one).split(), _time(other).split()
    if mine == its:
        return 1.0
    return 0.5 if set(mine) & set(its) else 0.0


def words_of(step: Step) -> str:
    """Return all that the step says, with its materials."""
    texts = [template.text for template in templates_of(step)]
    materials = [part.material for part in step.parts if isinstance(part, MediaPart)]
    return "\n".join((*texts, *materials))


def _time(step: Step) -> str:
    if step.at is not None:
        return format_at(step.at)
    return f"{step.trigger.kind} {step.trigger.condition}" if step.trigger else ""


def _grams(step: Step) -> frozenset[str]:
    """Return the pairs of letters that stand beside each other: alike texts share most of them, whatever moved."""
    text = f" {''.join(words_of(step).split())} "
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _whole(step: Step) -> tuple[str, ...]:
    return (step.phase, _time(step), step.place, words_of(step))


def _said(step: Step) -> tuple[str, ...]:
    return (step.place, words_of(step))


def _slot(step: Step) -> tuple[str, ...]:
    return (step.phase, _time(step), step.place, "task" if step.task else "")


def _by(key: _Key, steps: Mapping[str, Step]) -> dict[tuple[str, ...], list[str]]:
    found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for step in steps.values():
        found[key(step)].append(step.id)
    return found
