from datetime import timedelta

import pytest

from groupbot.adapters.console.scene import Joined, Left, Said
from groupbot.adapters.console.showing import Showing
from groupbot.core.content import Text
from groupbot.core.events import Person

MEMBER = Person(id="u-1", name="小满")


@pytest.fixture
def showing_of(titles, zone, start):
    def build(**changes) -> Showing:
        return Showing(**({"titles": titles, "zone": zone, "first_day": start.date(), "width": 60} | changes))

    return build


def words(lines):
    return [line.plain for line in lines]


def said(at, group="g1", text="到"):
    return Said(at=at, group=group, member=MEMBER, text=text)


def test_the_first_day_is_shown_and_a_repeated_post_once(showing_of, post_of, start):
    showing = showing_of()
    first = words(showing.see(post_of(Text(text="早"))))
    assert first[0].startswith("── Day 1 · 2026-05-18 ──")
    assert first[1:] == ["╭ 晨读 1 群 · bot · 2026-05-18 08:00", "│ 早", "╰─"]
    again = post_of(Text(text="早"), to="g2", at=start + timedelta(seconds=3))
    assert words(showing.see(again)) == ["  ↳ also in 晨读 2 群 at 08:00:03"]
    assert words(showing.see(again)) == []


def test_after_a_post_a_few_lines_of_the_first_group_are_shown(showing_of, post_of, start):
    showing = showing_of()
    showing.see(post_of(Text(text="早")))
    assert words(showing.see(said(start, "g2"))) == []
    shown = [words(showing.see(said(start))) for _ in range(6)]
    assert shown == [["    08:00 晨读 1 群 小满: 到"]] * 4 + [[]] * 2
    showing.see(post_of(Text(text="午")))
    assert words(showing.see(said(start))) != []


def test_later_days_are_digests(showing_of, post_of, start):
    showing = showing_of()
    showing.see(post_of(Text(text="早")))
    second = start + timedelta(days=1)
    assert words(showing.see(post_of(Text(text="早"), at=second))) == ["  = 1 posts · 0 joined · 0 left · 0 messages"]
    for scene in (
        Joined(at=second, group="g2", member=MEMBER),
        said(second, "g2", "短"),
        said(second, "g2", "今天坚持下来了"),
        Left(at=second, group="g2", member=MEMBER),
    ):
        assert showing.see(scene) == []
    assert words(showing.finish()) == [
        "Day 2 · 2026-05-19  1 posts · 1 joined · 1 left · 2 messages",
        "    小满: 今天坚持下来了",
    ]


def test_a_day_ends_at_local_midnight(showing_of, start, zone):
    showing = showing_of()
    before = start.replace(hour=23, minute=29) + timedelta(days=1)
    showing.see(said(before))
    assert showing.see(said(before + timedelta(minutes=30))) == []
    assert len(words(showing.see(said(before + timedelta(minutes=31))))) == 2


def test_digests_do_not_quote_the_same_words_twice(showing_of, start):
    showing = showing_of()
    quotes = []
    for day in (1, 2):
        for text in ("一样的话说了又说", "别的"):
            showing.see(said(start + timedelta(days=day), text=text))
        quotes.append(words(showing.finish())[-1])
    assert quotes == ["    小满: 一样的话说了又说", "    小满: 别的"]


def test_everything_leaves_nothing_out(showing_of, post_of, start):
    showing = showing_of(everything=True)
    later = start + timedelta(days=3)
    showing.see(post_of(Text(text="早"), at=later))
    assert len(showing.see(post_of(Text(text="早"), to="g2", at=later))) == 3
    assert all(showing.see(said(later, "g2")) for _ in range(9))


def test_nothing_happened_nothing_shown(showing_of):
    assert showing_of().finish() == []
