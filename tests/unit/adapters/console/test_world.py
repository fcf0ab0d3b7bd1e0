from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from groupbot.adapters.console.scene import Joined, Left, Said
from groupbot.adapters.console.world import World, script
from groupbot.core.content import Image, Text

GROUPS = ("g1", "g2", "g3")
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 5, 17, 17, 0, tzinfo=ZONE)
DAYS = 8
SEEDS = range(12)


def answers(world, post_of, text, hour, day=1, group="g1"):
    at = datetime.combine(START.date() + timedelta(days=day), time(hour), tzinfo=ZONE)
    return world.replies_to(post_of(Text(text=text), to=group, at=at), at)


@pytest.fixture(params=SEEDS)
def world(request):
    return World(seed=request.param, groups=GROUPS, start=START, days=DAYS)


def test_equal_seeds_give_equal_worlds_and_others_do_not(post_of):
    one, same, other = (World(seed=seed, groups=GROUPS, start=START, days=DAYS) for seed in (5, 5, 6))
    assert one.happenings == same.happenings != other.happenings
    assert list(one.happenings) == script(5, GROUPS, START, DAYS)
    assert answers(one, post_of, "打卡", 20) == answers(same, post_of, "打卡", 20) != []


def test_nobody_does_anything_at_night(world):
    for happening in world.happenings:
        assert time(7, 0) <= happening.at.astimezone(ZONE).time() < time(23, 30)


def test_everything_is_in_order_and_inside_the_days(world):
    instants = [happening.at for happening in world.happenings]
    assert instants == sorted(instants)
    assert instants[0] >= START
    assert instants[-1].date() <= START.date() + timedelta(days=DAYS - 1)


def test_members_join_once_first_and_are_silent_after_leaving(world):
    present: dict[str, set[str]] = defaultdict(set)
    gone: dict[str, set[str]] = defaultdict(set)
    for happening in world.happenings:
        here, who = present[happening.group], happening.member.id
        match happening:
            case Joined(inviter=inviter):
                assert who not in here | gone[happening.group]
                assert inviter is None or inviter.id in here
                here.add(who)
            case Said():
                assert who in here
            case Left():
                here.remove(who)
                gone[happening.group].add(who)


def test_groups_are_lively_but_small(world):
    joins = Counter(h.group for h in world.happenings if isinstance(h, Joined))
    chats = Counter(h.group for h in world.happenings if isinstance(h, Said))
    assert set(joins) == set(GROUPS)
    assert all(25 <= count <= 40 for count in joins.values())
    assert all(20 <= count <= 120 for count in chats.values())


def test_names_are_a_persons_own(world):
    names = Counter(h.member.name for h in world.happenings if isinstance(h, Joined))
    assert max(names.values()) == 1
    ids = Counter(h.member.id for h in world.happenings if isinstance(h, Joined))
    assert max(ids.values()) == 1


def test_answers_come_soon_from_members_who_are_there(world, post_of):
    joined = {h.member.id: h.at for h in world.happenings if isinstance(h, Joined) and h.group == "g1"}
    left = {h.member.id: h.at for h in world.happenings if isinstance(h, Left) and h.group == "g1"}
    at = datetime.combine(START.date() + timedelta(days=4), time(20), tzinfo=ZONE)
    post = post_of(Text(text="今晚打卡接龙"), at=at)
    replies = world.replies_to(post, at)
    assert replies
    for reply in replies:
        assert at < reply.at <= at + timedelta(hours=2)
        assert joined[reply.member.id] <= at
        assert reply.member.id not in left or reply.at < left[reply.member.id]
        assert reply.quoted_id in {None, post.message_id}
    assert len({reply.member.id for reply in replies}) == len(replies)


def test_late_posts_are_hardly_answered_and_night_posts_never(post_of):
    worlds = [World(seed=seed, groups=GROUPS, start=START, days=DAYS) for seed in SEEDS]
    evening, late, night = (
        [reply for world in worlds for reply in answers(world, post_of, "收到请回复", hour, day=2)]
        for hour in (20, 23, 3)
    )
    assert len(late) < len(evening) / 2
    assert night == []
    assert all(reply.at.time() < time(23, 30) for reply in late)


def test_interest_fades_over_the_days(post_of):
    worlds = [World(seed=seed, groups=GROUPS, start=START, days=DAYS) for seed in SEEDS]
    second, seventh = (sum(len(answers(w, post_of, "打卡", 20, day=day)) for w in worlds) for day in (2, 7))
    assert seventh < second


def test_a_picture_gets_fewer_answers_than_a_question(post_of):
    worlds = [World(seed=seed, groups=GROUPS, start=START, days=DAYS) for seed in SEEDS]
    at = datetime.combine(START.date() + timedelta(days=3), time(20), tzinfo=ZONE)
    pictures = sum(len(w.replies_to(post_of(Image(path="/p.png"), at=at), at)) for w in worlds)
    questions = sum(len(answers(w, post_of, "你怎么看？", 20, day=3)) for w in worlds)
    assert pictures < questions / 2


def test_nobody_answers_where_nobody_is(post_of):
    world = World(seed=1, groups=GROUPS, start=START, days=DAYS)
    assert answers(world, post_of, "打卡", 20, group="u-001") == []
    assert answers(world, post_of, "打卡", 12, day=0) == []


def test_hours_are_those_of_the_start_even_on_the_last_evening():
    late = datetime(2026, 5, 17, 23, 29, 59, tzinfo=ZONE)
    happenings = script(1, ("g1",), late, 1)
    assert happenings
    assert all(time(7) <= h.at.time() < time(23, 30) and h.at > late for h in happenings)
