"""Rule 7: an echo proves a post only when nothing else could have caused it, and proves one post at most."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from groupbot.delivery.echo import SKEW, WINDOW, Attempt, Echo, match
from tests.contract.ledger.conftest import T0, at


def attempt(token: str = "t1", *, minutes: float = 0, words: str = "w", place: str = "g:g1", is_open=True) -> Attempt:
    return Attempt(token=token, place=place, fingerprint=words, started_at=at(minutes), is_open=is_open)


def echo(fact: int = 1, *, minutes: float = 0, words: str = "w", place: str = "g:g1") -> Echo:
    return Echo(fact=fact, place=place, fingerprint=words, at=at(minutes), message_id=f"m{fact}")


def test_an_echo_proves_the_one_post_that_could_have_caused_it() -> None:
    other = attempt("t2", words="other")
    assert match([attempt(), other], [echo()]) == [(attempt(), echo())]


def test_an_echo_of_a_post_that_is_known_proves_nothing() -> None:
    assert match([attempt(is_open=False)], [echo()]) == []


def test_a_post_under_way_makes_an_echo_ambiguous() -> None:
    assert match([attempt("lost"), attempt("now", minutes=1, is_open=False)], [echo(minutes=1)]) == []


def test_two_echoes_of_one_post_use_the_first() -> None:
    assert match([attempt()], [echo(2, minutes=2), echo(1, minutes=1)]) == [(attempt(), echo(1, minutes=1))]


def test_a_window_bounds_what_an_echo_can_prove() -> None:
    for instant, fits in ((T0 - SKEW, True), (T0 + WINDOW, True)):
        for off, expected in ((timedelta(0), fits), (timedelta(seconds=1), False)):
            moved = instant - off if instant < T0 else instant + off
            found = Echo(fact=1, place="g:g1", fingerprint="w", at=moved, message_id=None)
            assert bool(match([attempt()], [found])) is expected


attempts = st.lists(
    st.builds(
        Attempt,
        token=st.uuids().map(str),
        place=st.sampled_from(["g:g1", "m:u1"]),
        fingerprint=st.sampled_from(["a", "b"]),
        started_at=st.integers(0, 40).map(at),
        is_open=st.booleans(),
    ),
    max_size=6,
)
echoes = st.lists(
    st.builds(
        Echo,
        fact=st.integers(1, 10**6),
        place=st.sampled_from(["g:g1", "m:u1"]),
        fingerprint=st.sampled_from(["a", "b"]),
        at=st.integers(-3, 60).map(at),
        message_id=st.none(),
    ),
    max_size=6,
    unique_by=lambda echo: echo.fact,
)


def fits(post: Attempt, back: Echo) -> bool:
    same = (post.place, post.fingerprint) == (back.place, back.fingerprint)
    return same and post.started_at - SKEW <= back.at <= post.started_at + WINDOW


@given(attempts, echoes)
def test_each_echo_and_each_post_is_used_once_and_ambiguity_settles_nothing(
    posts: list[Attempt], backs: list[Echo]
) -> None:
    pairs = match(posts, backs)
    assert all(count == 1 for count in Counter(back.fact for _, back in pairs).values())
    assert all(count == 1 for count in Counter(post.token for post, _ in pairs).values())
    for post, back in pairs:
        assert post.is_open
        assert [other for other in posts if fits(other, back)] == [post]


@given(attempts, echoes)
def test_what_could_be_proved_is_proved(posts: list[Attempt], backs: list[Echo]) -> None:
    proved = {post.token for post, _ in match(posts, backs)}
    for back in backs:
        causes = [post for post in posts if fits(post, back)]
        if len(causes) == 1 and causes[0].is_open:
            assert causes[0].token in proved
