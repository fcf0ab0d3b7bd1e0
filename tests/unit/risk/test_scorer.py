"""Training, thresholds, evaluation and the file of a model."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from random import Random

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from groupbot.errors import GroupbotError
from groupbot.risk.dataset import DatasetError, Row, decoded, read_rows, read_texts
from groupbot.risk.duplicates import clusters
from groupbot.risk.evaluation import auc, evaluated
from groupbot.risk.evasions import EVASIONS
from groupbot.risk.features import LENGTHS, buckets
from groupbot.risk.learning import corrected
from groupbot.risk.model_file import ModelError, dumped, loaded
from groupbot.risk.thresholds import Aim, aim, at_fpr, best_f1
from groupbot.risk.training import train
from groupbot.risk.views import views
from tests.unit.risk.texts import hits, rows, shop


def scores(model, texts):
    return np.array([model.score(buckets(views(text))) for text in texts])


def test_a_trained_model_tells_what_it_has_not_seen(trained):
    done = evaluated(trained, rows(200, seed=7), seed=1)
    assert done.figures["f1"] >= 0.95
    assert done.f1_ci[0] <= done.figures["f1"] <= done.f1_ci[1]
    assert done.threshold == trained.threshold


@pytest.mark.parametrize("name", EVASIONS)
def test_no_evasion_costs_more_than_five_points_of_recall(trained, name):
    texts = hits(150, seed=7)
    dressed = [EVASIONS[name](text, Random(place)) for place, text in enumerate(texts)]
    clean = (scores(trained, texts) >= trained.threshold).mean()
    assert (scores(trained, dressed) >= trained.threshold).mean() >= clean - 0.05


def test_training_twice_makes_the_same_model():
    made = [dumped(train(rows(60, seed=1), "ads", Aim())) for _twice in range(2)]
    assert made[0] == made[1]


def test_a_set_of_one_label_is_refused():
    with pytest.raises(GroupbotError, match="too few"):
        train([Row(text=text, label=1) for text in hits(40, seed=1)], "ads", Aim())


def test_the_same_advertisement_over_and_over_is_learned():
    same = [Row(text="刷单兼职一天三百，加我微信详聊", label=1)] * 30
    model = train([*same, *(row for row in rows(60, seed=1) if not row.label)], "ads", Aim())
    assert scores(model, [same[0].text])[0] >= model.threshold


def test_a_file_gives_back_what_was_written(trained):
    taught = corrected(trained, [Row(text=text, label=1) for text in shop(5, seed=1)])
    again = loaded(dumped(taught), file="x")
    texts = [row.text for row in rows(100, seed=4)] + shop(20, seed=2)
    assert np.abs(scores(again, texts) - scores(taught, texts)).max() < 0.02
    assert [one.key for one in again.corrections] == [one.key for one in taught.corrections]
    assert again.replay.rows()[3].tolist() == taught.replay.rows()[3].tolist()
    assert np.abs(again.guard.odds - taught.guard.odds).max() < 1e-4
    assert (again.threshold, again.sure, again.about) == (taught.threshold, taught.sure, taught.about)


def _arrays(**named):
    stream = io.BytesIO()
    np.savez(stream, **named)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04nothing",
        _arrays(weights=np.zeros(3)),
        _arrays(header=np.frombuffer(json.dumps({"format": 99, "bits": 20, "kind": "ads"}).encode(), dtype=np.uint8)),
        _arrays(header=np.array([object()], dtype=object)),
    ],
)
def test_what_is_no_model_is_refused_and_nothing_of_it_is_run(data):
    with pytest.raises(ModelError, match=r"odd\.model"):
        loaded(data, file="odd.model")


def test_buckets_are_the_same_in_every_process():
    code = (
        "from groupbot.risk.views import views; from groupbot.risk.features import LENGTHS, buckets;"
        "print(buckets(views('加微信'))[:3])"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_near_duplicates_are_one_cluster():
    first = "刷单兼职一天三百不成功不收费，想做的扫码进群，名额有限先到先得"
    numbers = clusters([first, first.replace("三百", "五百"), first + "！", "老师今天的作业在哪里交，我没有找到链接"])
    assert numbers[0] == numbers[1] == numbers[2] != numbers[3]


def test_the_area_is_what_scikit_learn_says():
    random = np.random.default_rng(3)
    labels = random.integers(0, 2, 300)
    said = np.round(random.random(300) + labels * 0.3, 1)
    assert auc(said, labels) == pytest.approx(roc_auc_score(labels, said))
    assert auc(said, np.ones(300, dtype=np.int64)) is None


def test_thresholds_keep_their_promise():
    random = np.random.default_rng(4)
    labels = random.integers(0, 2, 1_000)
    said = np.clip(random.normal(0.3 + 0.4 * labels, 0.2), 0, 1)
    assert (said[labels == 0] >= at_fpr(said, labels, 0.01)).mean() <= 0.01
    line = best_f1(said, labels)

    def f1(at):
        hit = said >= at
        return 2 * (hit & (labels == 1)).sum() / (hit.sum() + labels.sum())

    assert f1(line) >= max(f1(at) for at in np.linspace(0, 1, 101)) - 0.001


@pytest.mark.parametrize("text", ["", "f2", "fpr", "fpr=", "fpr=2", "fpr=0", "fpr=x"])
def test_nothing_else_is_aimed_at(text):
    with pytest.raises(GroupbotError):
        aim(text)


def test_aims_are_told_as_they_are_written():
    assert [str(aim("f1")), str(aim("fpr=0.01"))] == ["f1", "fpr=0.01"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_set_is_read_as_spreadsheets_write_it(encoding):
    raw = 'Text , LABEL\r\n"一,\n""二""",1.0\r\n\r\n三, 0\r\n,0,\r\n'.encode(encoding)
    assert read_rows(decoded(raw, file="x"), file="x") == [
        Row(text='一,\n"二"', label=1),
        Row(text="三", label=0),
        Row(text="", label=0),
    ]
    assert read_texts("text\n只有文字\n", file="x") == ["只有文字"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a,b\n1,2\n", "no column `text`"),
        ("", "no column `text`"),
        ("text\n一\n", "no column `label`"),
        ("text,label\n一,2\n", "row 2"),
        ("text,label\n\n一\n", "row 3: the label is ''"),
        ("text,label\n一,二,1\n", "row 2 has more cells"),
        ("text,label\n一,1\n" + "二" * 200_000 + ",0\n", "row 3 can't be read"),
    ],
)
def test_an_unusable_set_says_where(data, said):
    with pytest.raises(DatasetError, match=said):
        read_rows(data, file="x.csv")


SLIPS = ["text\n一\n".encode() + b"\xff\xfe\n", b"text\n\n\xff\xfe\n", "字\n文\n".encode() + b"\xb0\xa1"]


@pytest.mark.parametrize("raw", SLIPS)
def test_a_slip_in_a_file_is_told_and_not_read_as_another_script(raw):
    with pytest.raises(DatasetError, match="row 3"):
        decoded(raw, file="x.csv")


def test_few_texts_make_nobody_sure():
    model = train(rows(10, seed=1), "ads", Aim(fpr=0.01))
    assert 0.01 < model.threshold < 0.99


def test_a_scorer_for_any_place_leaves_out_how_long_texts_are():
    own, anywhere = (train(rows(40, seed=1), "ads", Aim(), anywhere=anywhere) for anywhere in (False, True))
    assert own.weights[LENGTHS].any()
    assert not anywhere.weights[LENGTHS].any()
