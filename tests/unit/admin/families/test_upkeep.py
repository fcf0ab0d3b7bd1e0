"""/群, /分组, /人员, /账号 and /插件 over services in memory."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from groupbot.admin.upkeep import Exempt
from groupbot.settings.editing import AddPerson, AddSquad, BindGroup, LeadSquad, MoveGroup, TagGroup, UnbindGroup
from groupbot.testing.events import NOON
from tests.unit.admin.conftest import SETTINGS
from tests.unit.admin.upkeep_fakes import furnished


@pytest.fixture
def chat(chat):
    return furnished(chat, SETTINGS)


async def confirm(chat, asked, **where):
    return await chat.type(re.search(r"Reply (\d{4})", asked)[1], **where)


async def test_each_sees_their_own_groups_by_squad_or_tag(chat):
    assert "camp-2 · west" in await chat.type("/群 列表")
    assert await chat.type("/群 列表 ＥＡＳＴ", by="u-leader") == "camp-1 · east"
    assert await chat.type("/group list west", by="u-leader", group="g-east") == "There is no such group."


async def test_a_group_is_bound_by_its_number_or_as_it_is_called(chat):
    listed = await chat.type("/群 待绑定")
    assert "11111 Yoga, May/June (30 members, main)" in listed
    assert "1 Call it Yoga May June" in listed
    await chat.type("1")
    await chat.type("/群 绑定 g-9 tea 分组=east")
    assert chat.config.changes == [
        BindGroup(name="Yoga May June", account="main", id="g-7"),
        BindGroup(name="tea", account="spare", id="g-9", squad="east"),
    ]
    assert "g-8, g-9" in await chat.type("/群 绑定 22222 tea")
    assert "lists them" in await chat.type("/群 绑定 33333 tea")


async def test_what_does_not_hold_yet_is_said(chat):
    chat.config.holds = False
    assert "after groupbot was started again" in await chat.type("/群 分组 camp-1 west")
    assert chat.config.changes == [MoveGroup(name="camp-1", squad="west")]


async def test_tags_come_and_go_and_leaders_touch_only_their_own(chat):
    assert await chat.type("/群 标签 camp-1 +vip ＋new -old", by="u-leader") == "camp-1 #new #vip"
    assert "outside your squad" in await chat.type("/群 标签 camp-2 +vip", by="u-leader")
    assert chat.config.changes == [TagGroup(name="camp-1", tags=("new", "vip"))]


async def test_a_group_in_use_keeps_its_name_and_goes_only_after_a_question(chat):
    assert "still posts" in await chat.type("/群 改名 camp-1 camp-9")
    asked = await chat.type("/群 解绑 camp-1")
    assert "What c1 still had to post" in asked
    assert chat.config.changes == []
    await confirm(chat, asked)
    assert chat.config.changes == [UnbindGroup(name="camp-1")]


async def test_a_squad_is_none_or_one_that_there_is(chat):
    assert "No squad is called north" in await chat.type("/群 分组 camp-1 north")
    assert "no squad now" in await chat.type("/群 分组 camp-1 无")
    assert chat.config.changes == [MoveGroup(name="camp-1", squad="")]


async def test_squads_are_listed_to_those_who_are_in_them(chat):
    assert await chat.type("/分组 列表") == "east: Lena, 1 groups · east-ops\nwest: no leader, 1 groups · west-ops"
    assert await chat.type("/分组 列表", by="u-staff") == "east: Lena, 1 groups · east-ops"
    assert await chat.type("/分组 成员 east", by="u-staff") == "Lena leader\nStan staff\nGroups: camp-1"
    assert "outside your squad" in await chat.type("/分组 成员 west", by="u-staff")


async def test_a_squad_with_a_chat_asks_first_whether_customers_are_there(chat):
    assert await chat.type("/分组 新建 south") == "south is a squad now.\n1 Its people"
    assert "no customers' group" in await chat.type("/分组 新建 north camp-1")
    assert chat.config.changes == [AddSquad(name="south")]


async def test_a_new_leader_gets_a_code_that_binds_them(chat):
    asked = await chat.type("/分组 组长 west Wim", by="u-admin")
    assert "Wim is to lead west: 1 groups. Nobody is called Wim yet" in asked
    told = await confirm(chat, asked, by="u-admin")
    assert chat.config.changes == [AddPerson(name="Wim", role="member"), LeadSquad(name="west", leader="Wim")]
    code = re.search(r"/认领 (\w+)", told)[1]
    assert code not in repr(chat.audit.entries)
    assert "You are Wim now: leader" in await chat.type(f"/认领 {code}", by="u-wim", group=None)
    again = await confirm(chat, await chat.type("/分组 组长 east Wim", by="u-admin"), by="u-admin")
    assert again == "Wim leads east now."
    assert "can't be done in this chat" in await chat.type("/分组 组长 west Wim", by="u-admin", group="g-east")


async def test_nobody_is_named_to_a_role_like_ones_own_or_above(chat):
    for role in ("owner", "管理员"):
        assert "Only somebody of a higher role" in await chat.type(f"/人员 新增 Rita {role}", by="u-admin")
    told = await confirm(chat, await chat.type("/人员 新增 Rita 助理 分组=east", by="u-admin"), by="u-admin")
    assert "/认领 " in told
    assert chat.config.changes == [AddPerson(name="Rita", role="staff", squads=("east",))]
    assert "Only somebody" in await chat.type("/人员 认领码 Olga", by="u-admin")
    assert "Only somebody" in await chat.type("/人员 撤销 Olga", by="u-admin")
    assert "no right" in await chat.type("/人员 新增 Eve owner")


async def test_a_revoked_person_is_a_stranger_at_once(chat):
    code = await chat.room.people.issue("Nina")
    await chat.type(f"/认领 {code}", by="u-nina", group=None)
    assert "Nina operator main" in await chat.type("/人员 列表")
    told = await confirm(chat, await chat.type("/人员 撤销 Nina", by="u-admin"), by="u-admin")
    assert "1 id of Nina is forgotten." in told
    assert not chat.room.people.identify("main", "u-nina").is_known
    left = await confirm(chat, await chat.type("/人员 撤销 Lena", by="u-admin"), by="u-admin")
    assert "config.toml still names their id on main" in left


async def test_an_account_that_answers_here_says_that_it_falls_silent(chat):
    assert "you get no answers" in await chat.type("/账号 暂停 main")
    asked = await chat.type("/账号 暂停 spare new phone")
    assert "answers" not in asked
    assert chat.account_desk.done == []
    await confirm(chat, asked)
    assert "no right" in await chat.type("/账号 恢复 spare")
    await chat.type("/账号 恢复 spare", by="u-admin")
    assert chat.account_desk.done == [("spare", "paused by Opal: new phone"), ("spare", "")]
    assert "members see: Bot" in await chat.type("/账号 人设 main")
    assert "declares no persona" in await chat.type("/账号 人设 spare")


async def test_guards_go_after_a_question_and_what_rests_is_offered(chat):
    listed = await chat.type("/插件 列表", by="u-admin")
    assert "hello · resting after failures · rests: every hour" in listed
    await chat.type("1", by="u-admin")
    asked = await chat.type("/插件 停用 shield", by="u-admin")
    assert "shield/ads go with shield" in asked
    await confirm(chat, asked, by="u-admin")
    await chat.type("/插件 停用 hello", by="u-admin")
    assert chat.plugins.done == [
        ("enable", "hello", "Adam"),
        ("disable", "shield", "Adam"),
        ("disable", "hello", "Adam"),
    ]
    assert "no right" in await chat.type("/插件 启用 shield")


async def test_a_guard_is_overridden_where_and_as_long_as_was_said(chat):
    asked = await chat.type("/插件 守卫放行 shield/ads 30分钟 群=camp-1 账号=main", by="u-admin")
    assert "is posted: camp-1, main, until" in asked
    await confirm(chat, asked, by="u-admin")
    until = NOON + timedelta(minutes=30)
    scope = {"groups": frozenset({"camp-1"}), "accounts": frozenset({"main"})}
    assert chat.plugins.passing == [Exempt(guard="shield/ads", until=until, **scope)]
    assert "shield/ads is not asked: camp-1, main" in await chat.type("/插件 列表")
    assert "1 override ended" in await chat.type("/插件 守卫恢复 shield/ads", by="u-admin")
