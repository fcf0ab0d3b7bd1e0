"""Which group a code shows, how codes look, and what a greeting tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groupbot.tracking.capacity import Door, Pool, PoolRules, forecast, stand
from groupbot.tracking.greetings import channel_of, holds
from groupbot.tracking.live_codes import ALPHABET, LiveCode, drawn, folded, shown_group

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
LASTS, OVER = NOON + timedelta(days=1), NOON
RULES = PoolRules(name="camp", groups=("g1", "g2", "g3"), limit=20, switch_before=5)


def door(group: str, **values) -> Door:
    return Door(group=group, **{"image": f"entries/{group}.png", "expires_at": LASTS} | values)


def pool(doors: dict[str, Door], unready: tuple[str, ...] = (), **members: int) -> Pool:
    fills = {name: forecast(name, members.get(name), 20, (), NOON) for name in RULES.groups}
    return stand(RULES, fills, doors, NOON, dict.fromkeys(unready, ("a leader",)))


def shown(doors: dict[str, Door], found: Pool, **target: str) -> str:
    code = LiveCode(code="k7m2p9qd", channel="moments", created_at=NOON, **(target or {"pool": "camp"}))
    return shown_group(code, {"camp": found}, doors, NOON)


@pytest.mark.parametrize(
    ("changed", "members", "expected"),
    [
        ({}, {}, "g1"),
        ({}, {"g1": 14}, "g1"),
        ({}, {"g1": 15}, "g2"),
        ({"g1": {"expires_at": OVER}}, {}, "g2"),
        ({"g1": {"image": ""}}, {}, "g2"),
        ({"g1": {"closed": True}}, {}, "g2"),
        ({"g1": {"expires_at": None}}, {}, "g1"),
        ({"g1": {"closed": True}, "g2": {"expires_at": OVER}}, {"g3": 19}, ""),
    ],
)
def test_the_first_group_with_room_and_an_image_that_holds_is_shown(changed, members, expected) -> None:
    doors = {name: door(name, **changed.get(name, {})) for name in RULES.groups}
    assert shown(doors, pool(doors, **members)) == expected


def test_a_group_that_is_not_ready_is_passed_over() -> None:
    doors = {name: door(name) for name in RULES.groups}
    assert shown(doors, pool(doors, ("g2",), g1=15)) == "g3"


def test_a_code_of_one_group_leads_to_that_alone() -> None:
    doors = {name: door(name) for name in RULES.groups} | {"alone": door("alone")}
    assert shown(doors, pool(doors), group="g2") == "g2"
    assert shown(doors, pool(doors, g2=15), group="g2") == ""
    assert shown(doors, pool(doors), group="alone") == "alone"
    assert shown(doors, pool(doors), group="gone") == ""
    assert shown(doors, pool(doors), pool="removed") == ""


def test_codes_are_read_from_posters() -> None:
    signs = iter(ALPHABET * 2)
    code = drawn(lambda _alphabet: next(signs))
    assert len(code) == 8
    assert code == folded(f" {code.upper()} ")
    assert not set("01ilo") & set(ALPHABET)


WORDS = {"moments": ("蓝海", "Blue Sea"), "offline": ("蓝海大会",), "empty": ()}


@pytest.mark.parametrize(
    ("greeting", "channel"),
    [
        ("我是张三，蓝海", "moments"),
        ("ｂｌｕｅ　ｓｅａ", "moments"),
        ("蓝 海 大 会", "offline"),  # the longer word says more
        ("你好", ""),
        ("", ""),
    ],
)
def test_a_greeting_tells_the_channel(greeting: str, channel: str) -> None:
    assert channel_of(greeting, WORDS) == channel
    assert holds(greeting, [word for its in WORDS.values() for word in its]) == bool(channel)
