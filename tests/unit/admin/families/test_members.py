"""/成员 over members in memory."""

from __future__ import annotations

import re

import pytest

from tests.unit.admin.conftest import SETTINGS
from tests.unit.admin.upkeep_fakes import furnished


@pytest.fixture
def chat(chat):
    return furnished(chat, SETTINGS)


async def test_one_is_shown_and_of_several_one_is_chosen(chat):
    assert (await chat.type("/成员 查 Annie")).startswith("Annie / An (wx2)\ncamp-2: since ")
    listed = await chat.type("/成员 查 nn")
    assert "2 are called so" in listed
    assert "invited by Bob, 0 messages" in await chat.type("2")


async def test_a_mention_means_its_id(chat):
    assert "Ann (wx1)" in await chat.type("/成员 查 @Somebody Else\u2005", mentions=("wx1",))


async def test_leaders_know_the_members_of_their_own_groups_alone(chat):
    assert "Ann (wx1)" in await chat.type("/成员 查 nn", by="u-leader")
    for line in ("/成员 查 wx2", "/成员 标签 wx2 +vip", "/成员 备注 wx2 hi"):
        assert "Nobody in your groups" in await chat.type(line, by="u-leader"), line
    assert "no right" in await chat.type("/成员 信任 wx1 信任", by="u-leader")
    assert chat.members.people["wx2"].notes == ()


async def test_notes_are_kept_with_who_wrote_them(chat):
    await chat.type("/成员 标签 Ann +vip +old", by="u-leader")
    await chat.type("/成员 标签 wx1 -old", by="u-leader")
    await chat.type("/成员 信任 wx1 留意")
    told = await chat.type("/成员 备注 wx1 asks for an invoice", by="u-leader")
    assert re.fullmatch(r"Ann \(wx1\)\nto be watched\n#vip\n\S+ \S+ Lena: asks for an invoice", told)
    assert "watched" not in await chat.type("/成员 信任 wx1 普通")
    assert "Several" in await chat.type("/成员 标签 nn +vip")


async def test_who_is_forgotten_was_shown_before_and_stands_in_no_audit(chat):
    assert "no right" in await chat.type("/成员 忘记 Ann")
    asked = await chat.type("/成员 忘记 Ann", by="u-admin")
    assert "Takes Ann (wx1) out of everything: 1 groups, 2 messages" in asked
    assert chat.members.forgotten == []
    digits = re.search(r"Reply (\d{4})", asked)[1]
    assert await chat.type(digits, by="u-admin") == "Forgotten: 3 records were changed."
    assert chat.members.forgotten == ["wx1"]
    assert not [entry for entry in chat.audit.entries if "Ann" in entry.detail or "wx1" in entry.detail]


@pytest.mark.parametrize("name", ["Opal", "camp-1", "main", "east"])
async def test_a_name_of_config_toml_is_nobodys_id(chat, name):
    assert "no member" in await chat.type(f"/成员 忘记 {name}", by="u-admin")
    assert chat.members.forgotten == []


async def test_who_left_every_group_can_still_be_forgotten_by_id(chat):
    digits = re.search(r"Reply (\d{4})", await chat.type("/成员 忘记 wx9", by="u-admin"))[1]
    assert await chat.type(digits, by="u-admin") == "Nothing is recorded of them."
    assert chat.members.forgotten == ["wx9"]
