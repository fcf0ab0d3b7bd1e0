"""`groupbot risk`: the documents that outsiders build on, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.cli import risk as command
from groupbot.risk.dataset import Row
from tests.unit.risk.everyday import everyday
from tests.unit.risk.texts import rows, shop


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("GROUPBOT_LOCALE", "en")


def run(*words, status=0):
    done = CliRunner().invoke(app, ["risk", *map(str, words), "--json"])
    assert done.exit_code == status, done.output
    return json.loads(done.stdout) if done.stdout else None


def written(path: Path, texts: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(("text", "label"))
        sheet.writerows((row.text, row.label) for row in texts)
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("risk")


@pytest.fixture(scope="module")
def model(place) -> Path:
    file = written(place / "t.csv", rows(60, 1))
    told = run("train", file, "--kind", "ads", "-o", place / "m", "--threshold-for", "f1")
    assert told.keys() == {"model", "kind", "threshold", "threshold_for", "corrections"}
    assert (told["kind"], told["threshold_for"]) == ("ads", "f1")
    return place / "m"


def test_eval_prints_the_contract(place, model):
    file = written(place / "e.csv", rows(40, 2))
    told = run("eval", file, "--kind", "ads", "--model", model)
    names = {"n", "threshold", "precision", "recall", "f1", "macro_f1", "auc", "fpr", "ci", "per_second"}
    assert told.keys() == names
    assert told["n"] == 80
    assert told["f1"] > 0.9
    assert told["ci"]["f1"][0] <= told["f1"] <= told["ci"]["f1"][1]
    again = run("eval", file, "--kind", "ads", "--model", model)
    assert again | {"per_second": 0} == told | {"per_second": 0}


@pytest.mark.parametrize("kind", ["ads", "negative"])
def test_without_a_model_the_shipped_one_is_judged(place, kind):
    file = written(place / "h.csv", [Row(text=text, label=0) for text in everyday(30, 4)])
    told = run("eval", file, "--kind", kind)
    assert (told["recall"], told["auc"], told["ci"]["f1"]) == (None, None, None)
    assert told["fpr"] <= 0.1


def test_corrections_are_learned_and_taken_back(place, model):
    lessons = written(place / "l.csv", [Row(text=text, label=1) for text in shop(30, 3)])
    before = run("eval", lessons, "--kind", "ads", "--model", model)["recall"]
    assert run("learn", lessons, "--kind", "ads", "--model", model, "-o", place / "m2")["corrections"] == 30
    assert run("eval", lessons, "--kind", "ads", "--model", place / "m2")["recall"] > before
    assert run("unlearn", lessons, "--model", place / "m2", "-o", place / "m3")["corrections"] == 0
    assert run("unlearn", "--model", place / "m2", "-o", place / "m4")["corrections"] == 0
    for left in ("m3", "m4"):
        assert (place / left).read_bytes() == model.read_bytes()


def test_scan_shows_what_was_found_and_where(place):
    text = "刷.单返利，加微信 abc123456"
    file = written(place / "s.csv", [Row(text=text, label=1), Row(text="早上好", label=0)])
    found, passed = run("scan", file)
    assert found["text"] == text
    assert 0 <= passed["score"] < found["score"] <= 1
    first = next(one for one in found["findings"] if one["rule"] == "keyword:刷单返利")
    assert first.keys() >= {"rule", "score", "evidence"}
    assert first["evidence"].startswith("刷.单返利")


def test_people_read_tables(place, model):
    file = written(place / "e.csv", rows(40, 2))
    for words in (["eval", file, "--kind", "ads", "--model", model], ["scan", file]):
        done = CliRunner().invoke(app, ["risk", *map(str, words)])
        assert (done.exit_code, "{" in done.stdout) == (0, False)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["eval", "none.csv", "--kind", "ads"], 1),
        (["eval", "t.csv", "--kind", "negative", "--model", "m"], 1),
        (["eval", "t.csv", "--kind", "ads", "--model", "t.csv"], 1),
        (["train", "t.csv", "--kind", "ads", "-o", "x", "--threshold-for", "best"], 2),
        (["train", "one.csv", "--kind", "ads", "-o", "x"], 1),
        (["learn", "t.csv", "--kind", "ads", "--model", "m", "-o", "no/such/folder"], 1),
        (["unlearn", "--model", "none", "-o", "x"], 1),
        (["scan", "bad.csv"], 1),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(place, model, words, status, monkeypatch):
    monkeypatch.chdir(place)
    written(place / "one.csv", [Row(text="一", label=1)])
    (place / "bad.csv").write_bytes(b"text\n\xff\xfe\n")
    done = CliRunner().invoke(app, ["risk", *words])
    assert done.exit_code == status, done.output
    assert done.stderr.strip()
    assert not (place / "x").exists()


def test_training_says_what_it_needs(place, monkeypatch):
    def absent(*_words, **_named):
        raise ModuleNotFoundError(name="sklearn.svm")

    monkeypatch.setattr("groupbot.risk.training.train", absent)
    done = CliRunner().invoke(app, ["risk", "train", str(place / "t.csv"), "--kind", "ads", "-o", str(place / "x")])
    assert done.exit_code == 1
    assert "risk-train" in done.stderr


def test_kinds_are_those_of_the_scorers():
    assert command.Kind.__args__ == ("ads", "negative")
