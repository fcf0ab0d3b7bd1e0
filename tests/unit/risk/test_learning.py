"""Corrections are taken in at once, keep what was known, bear wrong ones, and can be taken back without a trace."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from groupbot.risk.dataset import Row
from groupbot.risk.evaluation import evaluated
from groupbot.risk.features import buckets
from groupbot.risk.learning import corrected, key_of, learned, settled, unlearned
from groupbot.risk.model import Correction
from groupbot.risk.solver import design, fitted
from groupbot.risk.views import views
from tests.unit.risk.everyday import everyday
from tests.unit.risk.texts import rows, shop

TALK = list(everyday(400, seed=8))
KNOWN = rows(120, seed=2)
STRANGE = [Row(text=text, label=1) for text in shop(140, seed=3)] + [Row(text=text, label=0) for text in TALK[:140]]


def f1(model, texts):
    return evaluated(model, texts, seed=1).figures["f1"]


def correction(text, label):
    return Correction(key=key_of(text), found=buckets(views(text)), label=label)


@pytest.fixture(scope="module")
def lessons():
    shuffled = list(STRANGE)
    Random(5).shuffle(shuffled)
    return shuffled[:120], shuffled[120:]


@pytest.fixture(scope="module")
def taught(trained, lessons):
    return corrected(trained, lessons[0])


def test_corrections_teach_a_new_place_and_the_old_one_stays(trained, taught, lessons):
    assert f1(taught, lessons[1]) >= 0.95 >= f1(trained, lessons[1]) + 0.1
    assert f1(taught, KNOWN) >= f1(trained, KNOWN) - 0.02


def test_some_wrong_corrections_cost_little(trained, taught, lessons):
    random = Random(6)
    wrong = [Row(text=row.text, label=row.label ^ (random.random() < 0.2)) for row in lessons[0]]
    assert f1(corrected(trained, wrong), lessons[1]) >= f1(taught, lessons[1]) - 0.08


@pytest.mark.parametrize(("text", "label"), [(shop(1, seed=9)[0], 1), ("刷单兼职稳赚，加我微信详聊", 0)])
def test_one_correction_is_heard_at_once(trained, text, label):
    found = buckets(views(text))
    assert (trained.score(found) >= trained.threshold) != bool(label)
    assert (learned(trained, correction(text, label)).score(found) >= trained.threshold) == bool(label)


def test_taking_one_back_leaves_no_trace_of_it(trained, lessons):
    first, second = lessons[0][:50], lessons[0][50:60]
    keys = frozenset(key_of(row.text) for row in second)
    left = unlearned(corrected(trained, [*first, *second]), keys)
    never = corrected(trained, first)
    assert np.array_equal(left.overlay.delta, never.overlay.delta)
    assert (left.overlay.bias, len(left.corrections)) == (never.overlay.bias, len(never.corrections))


def test_taking_all_back_is_the_base_again(trained, taught):
    left = unlearned(taught, frozenset(one.key for one in taught.corrections))
    assert left.overlay is None
    assert left.weights is trained.weights


def test_the_later_word_on_a_text_counts(trained):
    text = shop(1, seed=9)[0]
    model = corrected(trained, [Row(text=text, label=0), Row(text=text, label=1)])
    assert [one.label for one in model.corrections] == [1]


def test_corrections_of_one_label_settle_too(trained):
    model = corrected(trained, [Row(text=text, label=0) for text in TALK[200:203]])
    assert f1(model, KNOWN) >= f1(trained, KNOWN) - 0.02


def test_settling_twice_changes_nothing(taught):
    assert np.array_equal(settled(taught).overlay.delta, taught.overlay.delta)


def test_a_model_without_replay_learns_all_the_same(trained):
    bare = replace(trained, replay=type(trained.replay).of([], []))
    text = shop(1, seed=9)[0]
    assert corrected(bare, [Row(text=text, label=1)]).score(buckets(views(text))) > bare.score(buckets(views(text)))


def test_the_solver_finds_what_scikit_learn_finds():
    random = np.random.default_rng(2)
    texts = [np.unique(random.integers(0, 40, 12)).astype(np.uint32) for _text in range(200)]
    labels = np.array([float(7 in text or random.random() < 0.1) for text in texts])
    shape = design(texts)
    ours = fitted(shape, start=np.zeros(200), labels=labels, weights=np.ones(200), penalty=0.5)
    plain = np.zeros((200, 41))
    for row, text in enumerate(texts):
        plain[row, text] = 1 / np.sqrt(text.size)
    plain[:, 40] = 10  # the bias, held back a hundred times less
    theirs = LogisticRegression(C=2, fit_intercept=False, max_iter=1_000).fit(plain, labels).coef_[0]
    assert np.abs(ours[:-1] - theirs[shape.columns]).max() < 0.1
    assert ours[-1] == pytest.approx(10 * theirs[40], abs=0.3)
