"""Measure what the risk control of a message costs, and how many QR codes are found.

    python tests/benchmarks/bench_risk.py [--rows N] [--keywords N] [--pictures N] [--runs N] [--small]

Messages have 22 characters, made up from patterns; one in twenty is an advertisement. The whole way of a text is
views, keywords, links, contacts, both scorers and their fusion. Peers get the same messages: scikit-learn's character
n-grams with a linear machine, asked message by message (one scorer, no keywords), and the keywords as one list of `re`
patterns. Everything counts the process's own time, so that other work on the machine does not; the 99th percentile is
given by the clock on the wall, too, which does.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from random import Random

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from groupbot.risk.codes import codes_in
from groupbot.risk.keywords import Keyword
from groupbot.risk.scan import Scanner
from groupbot.risk.shipped import shipped_keywords, shipped_model
from tests.benchmarks import rig
from tests.unit.risk.everyday import everyday
from tests.unit.risk.pictures import posted
from tests.unit.risk.texts import hits, rows

SEED, LENGTH, FEW = 20260518, 22, 10
Ask = Callable[[str], object]


def messages(count: int) -> list[str]:
    """Return `count` messages of 22 characters."""
    random = Random(SEED)
    talk, ads = list(everyday(1_000, SEED)), hits(200, SEED)
    made = []
    while len(made) < count:
        text = random.choice(ads if random.random() < 1 / 20 else talk)
        while len(text) < LENGTH:
            text += random.choice(talk)
        made.append(text[:LENGTH])
    return made


def words(count: int) -> list[Keyword]:
    """Return `count` keywords of four characters, none of which a message holds."""
    random = Random(SEED)
    letters = [chr(point) for point in range(0x5000, 0x9000)]
    return [Keyword(text="".join(random.choices(letters, k=4)), kind="ads", score=0.3) for _word in range(count)]


def scanner(keywords: int) -> Ask:
    """Return the whole way of a text."""
    return Scanner([shipped_model("ads"), shipped_model("negative")], shipped_keywords(words(keywords))).scan


def scikit_learn() -> Ask:
    """Return a peer that predicts one message at a time."""
    texts = rows(200, SEED)
    machine = make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(1, 3)), LinearSVC(random_state=SEED))
    machine.fit([row.text for row in texts], [row.label for row in texts])
    return lambda text: machine.predict([text])


def patterns(keywords: int) -> Ask:
    """Return a peer that looks for each keyword by a pattern of its own."""
    compiled = [re.compile(re.escape(word.text)) for word in words(keywords)]
    return lambda text: [pattern for pattern in compiled if pattern.search(text)]


def measured(ask: Ask, texts: Sequence[str]) -> rig.Side:
    """Return a side that asks for each of `texts`."""

    async def side() -> rig.Figures:
        own, wall = [], []
        begun = time.process_time()
        for text in texts:
            asked, started = time.perf_counter(), time.process_time()
            ask(text)
            own.append(time.process_time() - started)
            wall.append(time.perf_counter() - asked)
        spent = time.process_time() - begun
        return {"rate": len(texts) / max(spent, 1e-9), "p99": _p99(own), "p99 on the wall": _p99(wall)}

    return side


def _p99(waits: list[float]) -> float:
    """Return the 99th percentile in milliseconds."""
    return sorted(waits)[int(len(waits) * 0.99)] * 1_000


def reading(pictures: Sequence[tuple[str, bytes]]) -> rig.Side:
    """Return a side that reads `pictures`."""

    async def side() -> rig.Figures:
        begun = time.process_time()
        found = sum(text in codes_in(picture) for text, picture in pictures)
        spent = time.process_time() - begun
        return {"found": found / len(pictures), "each": spent / len(pictures) * 1_000}

    return side


async def texts(args: argparse.Namespace) -> None:
    """Measure texts beside both peers, and many keywords beside few."""
    said = messages(args.rows)
    conditions = {"rows": args.rows, "accounts": 0, "groups": 0, "keywords": args.keywords, "characters": LENGTH}
    slow = said[: max(1, args.rows // 50)]
    sides = (
        measured(scanner(args.keywords), said),
        measured(scanner(FEW), said),
        measured(scikit_learn(), slow),
        measured(patterns(args.keywords), slow),
    )
    for side in sides:
        await side()
    many, few, learner, list_of_patterns = await rig.interleaved(args.runs, *sides)
    for peer, figures, aim in (
        ("scikit-learn predicting one by one", learner, ">= 10,000 a second"),
        ("a plain list of re patterns", list_of_patterns, ">= 10,000 a second"),
        (f"the same with {FEW} keywords", few, "ratio >= 0.77: 10,000 keywords cost at most 1.3 times ten"),
    ):
        rig.show(
            rig.Measurement(
                bench="risk",
                what="whole way of a text",
                unit="messages/s",
                values=many["rate"],
                peer=peer,
                peer_values=figures["rate"],
                aim=aim,
                conditions=conditions,
            )
        )
    for what in ("p99", "p99 on the wall"):
        rig.show(
            rig.Measurement(bench="risk", what=what, unit="ms", values=many[what], aim="< 1", conditions=conditions)
        )


async def pictures(args: argparse.Namespace) -> None:
    """Measure codes in pictures."""
    random = Random(SEED)
    (figures,) = await rig.interleaved(args.runs, reading([posted(random) for _picture in range(args.pictures)]))
    for what, name, unit, aim in (("QR codes found", "found", "share", ">= 0.98"), ("a picture", "each", "ms", "<= 5")):
        rig.show(
            rig.Measurement(
                bench="risk",
                what=what,
                unit=unit,
                values=figures[name],
                aim=aim,
                conditions={"rows": args.pictures, "accounts": 0, "groups": 0},
            )
        )


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    await texts(args)
    await pictures(args)


def parse(given: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", rows=10_000, keywords=10_000, pictures=300)
    return rig.shrunk(parser.parse_args(given), rows=60, keywords=50, pictures=4)


if __name__ == "__main__":
    rig.start(main, parse())
