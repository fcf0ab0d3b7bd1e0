import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.tracking.batch import Batch


@pytest.fixture
def batch():
    return Batch(window_s=0.01, most=3)


def test_an_empty_batch_never_goes(batch):
    assert batch.rest_s(now=99.0) is None
    assert batch.take() == []


def test_the_oldest_decides_when_it_goes(batch):
    batch.add("a", now=5.0)
    batch.add("b", now=5.004)
    assert batch.rest_s(now=5.004) == pytest.approx(0.006)
    assert batch.rest_s(now=5.2) == 0.0


def test_a_full_batch_goes_at_once(batch):
    for thing in "abc":
        batch.add(thing, now=5.0)
    assert batch.rest_s(now=5.0) == 0.0


def test_only_the_first_and_the_filling_one_need_attention(batch):
    assert [batch.add(thing, now=0.0) for thing in "abcd"] == [True, False, True, False]


def test_the_rest_of_a_long_queue_keeps_its_own_time(batch):
    for number in range(4):
        batch.add(number, now=5.0 + number)
    assert batch.take() == [0, 1, 2]
    assert batch.rest_s(now=8.0) == pytest.approx(0.01)


@given(st.lists(st.integers(), max_size=50), st.integers(min_value=1, max_value=9))
def test_everything_comes_out_once_in_order_and_in_fit_portions(things, most):
    batch = Batch(window_s=1.0, most=most)
    for thing in things:
        batch.add(thing, now=0.0)
    portions = []
    while len(batch):
        portions.append(batch.take())
    assert [thing for portion in portions for thing in portion] == things
    assert all(0 < len(portion) <= most for portion in portions)
