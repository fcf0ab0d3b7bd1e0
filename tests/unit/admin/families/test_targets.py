"""Which groups a line means."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from groupbot.admin.families.targets import groups_meant
from groupbot.admin.places import Places
from groupbot.chat.directory import Directory, Group
from groupbot.errors import CampaignError
from groupbot.settings.admin import SquadSettings


def group(name, squad="", *tags):
    return Group(name=name, account="main", ids={"main": f"id-{name}"}, squad=squad, tags=frozenset(tags))


DIRECTORY = Directory(
    [
        group("东区1群", "东区", "vip"),
        group("东区2群", "东区"),
        group("西区1群", "西区", "vip"),
        group("分组", "all"),
        group("值班群"),
        group("东区工作群"),
    ]
)
PLACES = Places(DIRECTORY, admin=["值班群"], squads=[SquadSettings(name="东区", group="东区工作群")])
SERVICES = SimpleNamespace(directory=DIRECTORY, places=PLACES)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("东区1群 西区", ["东区1群", "西区1群"]),
        ("分组 东区", ["东区1群", "东区2群"]),
        ("分组=东", ["东区1群", "东区2群"]),
        ("标签 VIP", ["东区1群", "西区1群"]),
        ("squad 西区 group 东区2群", ["东区2群", "西区1群"]),
        ("全部", ["东区1群", "东区2群", "西区1群", "分组"]),
        ("分组 all", ["分组"]),
        ("值班群", ["值班群"]),
    ],
)
def test_groups_are_meant_by_name_squad_and_tag(line, meant):
    assert list(groups_meant(line.split(), SERVICES)) == meant


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("东区", "No group is called 东区"),
        ("分组 南区", "No squad is called 南区"),
        ("标签 x", "No group has the tag x"),
    ],
)
def test_a_name_that_nothing_or_too_much_has_is_refused(line, why):
    with pytest.raises(CampaignError, match=why):
        groups_meant(line.split(), SERVICES)
