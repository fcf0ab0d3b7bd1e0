"""Personas compared: what is surely the same, surely different, and what nobody can tell."""

from __future__ import annotations

import pytest

from groupbot.chat.persona import NAME_LIMIT, Compared, Declared, Match, Shown, Trait, by_hand, compare, to_set
from groupbot.core.actions import SetProfile
from groupbot.doctor.persona import persona_checks

ALL = frozenset({"name", "bio", "avatar"})
DECLARED = Declared(name="Ann", bio="Ask me", avatar="/p/ann.png", digest="d1", cover="/p/cover.png")


def matches(declared: Declared, shown: Shown) -> dict[str, str]:
    return {item.trait.value: item.match.value for item in compare(declared, shown)}


def test_a_persona_as_declared_leaves_only_the_cover_to_a_person():
    found = compare(DECLARED, Shown(name="Ann", bio="Ask me", avatar="d1"))
    assert to_set(found, ALL) is None
    assert [item.trait for item in by_hand(found, ALL)] == [Trait.COVER]


def test_what_is_not_declared_is_nobodys_business():
    assert compare(Declared(), Shown(name="Ann")) == ()
    assert matches(Declared(bio="Ask me"), Shown(name="Bob", bio="Ask me")) == {"bio": "same"}


@pytest.mark.parametrize(
    ("shown", "match"),
    [
        (Shown(), "unread"),
        (Shown(avatar="d1"), "same"),
        (Shown(avatar="other"), "unsure"),
        (Shown(avatar="other", set_from="d1"), "recoded"),
        (Shown(avatar="other", set_from="older"), "unsure"),
        (Shown(set_from="d1"), "recoded"),
    ],
)
def test_pictures_differ_in_bytes_without_differing(shown, match):
    assert matches(Declared(avatar="/p/ann.png", digest="d1"), shown) == {"avatar": match}


def test_only_what_may_be_wrong_is_set_and_only_what_can_be():
    found = compare(DECLARED, Shown(name="Bob", bio="Ask me", avatar="other"))
    assert to_set(found, ALL) == SetProfile(name="Ann", avatar="/p/ann.png")
    assert to_set(found, {"name"}) == SetProfile(name="Ann")
    assert [item.trait for item in by_hand(found, {"name"})] == [Trait.AVATAR, Trait.COVER]
    assert to_set(found, set()) is None


def test_a_bio_that_was_not_read_may_be_empty_and_is_set():
    assert to_set(compare(Declared(bio="Ask me"), Shown(name="Ann")), ALL) == SetProfile(bio="Ask me")


def test_a_difference_fails_with_the_way_out():
    found = compare(DECLARED, Shown(name="Bob", bio="Ask me", avatar="d1"))
    checks = {check.name: check for check in persona_checks("main", found, ALL)}
    failed = checks.pop("persona:main:name")
    assert not failed.ok
    assert "'Bob'" in failed.message
    assert "'Ann'" in failed.message
    assert "groupbot persona set main" in failed.hint
    assert all(check.ok for check in checks.values())
    assert checks["persona:main:bio"].hint == ""
    assert "/p/cover.png" in checks["persona:main:cover"].hint, "a person has to look"


def test_what_the_account_cant_set_is_for_a_person():
    [check] = persona_checks("main", compare(Declared(name="Ann"), Shown(name="Bob")), frozenset())
    assert "phone" in check.hint
    assert "'Ann'" in check.hint


@pytest.mark.parametrize(("match", "advised"), [(Match.UNSURE, True), (Match.UNREAD, True), (Match.RECODED, False)])
def test_what_cant_be_compared_is_advice(match, advised):
    item = Compared(trait=Trait.AVATAR, wanted="/p/ann.png", shown="", match=match)
    [check] = persona_checks("main", [item], ALL)
    assert check.ok
    assert bool(check.hint) is advised


def test_a_name_that_the_platform_would_cut_is_advised_against():
    name = "长" * (NAME_LIMIT + 1)
    [check] = persona_checks("main", compare(Declared(name=name), Shown(name=name)), ALL)
    assert check.ok
    assert f"{NAME_LIMIT + 1} characters" in check.hint
