"""Make groupbot/risk/data/*.model and their notes: `make risk-models DATA=FOLDER` with the three licensed sets.

First both are trained on four fifths and judged on the rest, near-duplicates on one side; these are the figures of the
note. Then they are trained on everything. The texts themselves stay outside of the project.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from groupbot.risk.dataset import Row, read_rows
from groupbot.risk.duplicates import clusters
from groupbot.risk.evaluation import evaluated
from groupbot.risk.features import buckets
from groupbot.risk.model import Kind, Model
from groupbot.risk.model_file import dumped
from groupbot.risk.scan import Scanner
from groupbot.risk.shipped import shipped_keywords
from groupbot.risk.thresholds import Aim
from groupbot.risk.training import SEED, train
from groupbot.risk.views import views
from tests.unit.risk.everyday import everyday

SETS = {
    "live_antispam": "tensorlayer/text-antispam, MIT",
    "qqgroup_mc": "siuank/ADDetector4J, MIT",
    "cold": "thu-coai/COLDataset, Apache-2.0",
}
EVERYDAY, OTHER_TALK, SCRAP = 1_200, 3_000, 8
"""Lines made up; texts of COLD without offence that are shown as no advertisement; characters of a whole one."""
TARGET = Path(__file__).parents[3] / "groupbot" / "risk" / "data"
AIMS: dict[Kind, Aim] = {"ads": Aim(fpr=0.01), "negative": Aim(fpr=0.01)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Rows by the name of their set."""

    rows: dict[str, list[Row]]

    def training(self, kind: Kind) -> list[Row]:
        """Return what a scorer of `kind` learns from: what the other kind calls a hit is everyday talk or left out."""
        live, group, cold = (self.rows[name] for name in SETS)
        own = [Row(text=text, label=0) for text in everyday(EVERYDAY, SEED)]
        if kind == "ads":
            return [*self.chat(), *[row for row in cold if not row.label][:OTHER_TALK], *own]
        return [*cold, *(Row(text=row.text, label=0) for row in (*live, *group)), *own]

    def chat(self) -> list[Row]:
        """Return the sets of chat, the small one three times, without scraps of advertisements.

        live_antispam calls single words of an advertisement one (开门红, 中国); a scorer that learns this calls most
        short answers in a group one, too. Without them the AUC on qqgroup_mc rises from .92 to .96.
        """
        live, group = self.rows["live_antispam"], self.rows["qqgroup_mc"]
        whole = [row for row in live if not row.label or len(views(row.text).skeleton) >= SCRAP]
        return [*whole, *group, *group, *group]


def split(rows: dict[str, list[Row]]) -> tuple[Part, Part]:
    """Return four fifths and one fifth of each set, near-duplicates on one side."""
    learn: dict[str, list[Row]] = {}
    judge: dict[str, list[Row]] = {}
    for name, texts in rows.items():
        groups = clusters([row.text for row in texts]).tolist()
        names = sorted(set(groups))
        held = set(Random(SEED).sample(names, len(names) // 5))
        learn[name] = [row for row, group in zip(texts, groups, strict=True) if group not in held]
        judge[name] = [row for row, group in zip(texts, groups, strict=True) if group in held]
    return Part(rows=learn), Part(rows=judge)


def trained(part: Part, kind: Kind, about: dict[str, Any]) -> Model:
    """Return a scorer; that of advertisements has its thresholds by the sets of chat alone."""
    near = len(part.chat()) if kind == "ads" else None
    return train(part.training(kind), kind, AIMS[kind], judged=near, anywhere=True, about=about)


def judged(models: dict[Kind, Model], part: Part) -> dict[str, Any]:
    """Return how often honest rows of chat are acted on, by scorer alone and by everything that is shipped."""
    scanner = Scanner(list(models.values()), shipped_keywords())
    figures: dict[str, Any] = {}
    for name in SETS:
        honest = [row.text for row in part.rows[name] if not row.label]
        scans = [scanner.scan(text).scores for text in honest]
        found = [buckets(views(text)) for text in honest]
        figures[name] = {"honest": len(honest)} | {
            f"{kind} {what}": {
                "scorer": _share([model.score(one) >= line for one in found]),
                "scan": _share([scan[kind] >= line for scan in scans]),
            }
            for kind, model in models.items()
            for what, line in (("acted on", model.threshold), ("remove band", model.sure))
        }
        kind: Kind = "negative" if name == "cold" else "ads"
        done = evaluated(models[kind], part.rows[name], seed=SEED)
        figures[name]["in domain"] = {key: round(value, 4) for key, value in done.figures.items() if value is not None}
    return figures


def _share(hits: list[bool]) -> float:
    return round(sum(hits) / max(1, len(hits)), 5)


def main(folder: Path) -> None:
    """Train, judge, write."""
    data = {name: (folder / f"{name}.train.csv").read_bytes() for name in SETS}
    rows = {name: read_rows(raw.decode(), file=name) for name, raw in data.items()}
    learn, judge = split(rows)
    models: dict[Kind, Model] = {kind: trained(learn, kind, {}) for kind in AIMS}
    note = {
        "made": datetime.now(tz=UTC).date().isoformat(),
        "seed": SEED,
        "sets": {
            name: {"source": source, "rows": len(rows[name]), "sha256": hashlib.sha256(data[name]).hexdigest()}
            for name, source in SETS.items()
        },
        "generated": f"{EVERYDAY} lines of everyday talk, tests/unit/risk/everyday.py, label 0 for both",
        "figures": {
            "how": "trained on 4/5, judged on 1/5 of each set, near-duplicates on one side; shipped models: all rows",
            **judged(models, judge),
        },
    }
    for kind in AIMS:
        model = trained(Part(rows=rows), kind, {"sets": list(SETS), "made": note["made"]})
        (TARGET / f"{kind}.model").write_bytes(dumped(model))
        note[kind] = {"threshold": model.threshold, "threshold_for": model.threshold_for, "sure": model.sure}
    (TARGET / "models.json").write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
