"""Newcomers are greeted together, at a distance, in daytime, and only where somebody wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupbot.api import Group, PluginError
from groupbot.chat.directory import Directory
from groupbot.core.content import Text
from groupbot.core.events import MembersJoined, Person
from groupbot.errors import StoreError
from groupbot.testing import FakeClock, MemoryPluginStore, run_plugin

WELCOME = Path(__file__).parents[2] / "plugins" / "welcome.py"
GROUPS = [Group(name=f"camp-{n}", account="main", ids={"main": f"r{n}", "second": f"s{n}"}) for n in (1, 2)]
ON = {"groups": ["camp-1"], "quiet": ["22:30", "08:00"]}


def greeting(**settings):
    return run_plugin(WELCOME, ON | settings, groups=GROUPS)


async def test_joins_that_come_together_get_one_greeting():
    async with greeting(text="欢迎{names}，共{count}位来到{group}", most_names=2) as kit:
        await kit.join("camp-1", "ann", "bob")
        await kit.advance(10)
        await kit.join("camp-1", "cleo")
        await kit.advance(5)
        assert kit.texts == []
        await kit.advance(10)
        assert kit.texts == ["欢迎Ann、Bob，共3位来到camp-1"]
        content = kit.posts[0].parts[0].content
        assert isinstance(content, Text)
        assert content.mentions == ("ann", "bob")
        await kit.advance(3600)
        assert len(kit.posts) == 1


async def test_two_greetings_of_a_group_keep_their_distance():
    async with greeting(interval_s=600, mention=False) as kit:
        await kit.join("camp-1", "ann")
        await kit.advance(30)
        await kit.join("camp-1", "bob")
        await kit.advance(500)
        assert len(kit.posts) == 1
        await kit.join("camp-1", "cleo")
        await kit.advance(100)
        assert len(kit.posts) == 2


async def test_only_groups_that_are_named_are_greeted_and_none_by_default():
    async with run_plugin(WELCOME, groups=GROUPS) as kit:
        await kit.join("camp-1", "ann")
        await kit.advance(600)
        assert kit.posts == []
        await kit.reload({"groups": ["camp-2"], "texts": {"camp-2": "hi"}})
        await kit.join("camp-1", "bob")
        await kit.join("camp-2", "cleo")
        await kit.advance(600)
        assert kit.texts == ["hi"]


async def test_who_was_found_late_or_left_again_is_not_greeted():
    async with greeting() as kit:
        await kit.join("camp-1", "ann", found_late=True)
        await kit.join("camp-1", "bob")
        await kit.leave("camp-1", "bob")
        await kit.advance(600)
        assert kit.posts == []


async def test_in_quiet_hours_people_wait_for_the_morning_together():
    clock = FakeClock(datetime(2026, 5, 18, 15, 0, tzinfo=UTC))  # 23:00 in Shanghai
    async with run_plugin(WELCOME, ON, groups=GROUPS, clock=clock) as kit:
        for member in ("ann", "bob"):
            await kit.join("camp-1", member)
            await kit.advance(3600)
        assert kit.posts == []
        await kit.advance(7 * 3600 + 60)
        assert len(kit.posts) == 1
        assert kit.posts[0].policies is not None
        assert kit.posts[0].policies.quiet is not None


async def test_who_waits_is_remembered_over_a_restart_but_not_for_days():
    store, clock = MemoryPluginStore(), FakeClock()
    async with run_plugin(WELCOME, ON, groups=GROUPS, store=store, clock=clock) as kit:
        await kit.join("camp-1", "ann")
    async with run_plugin(WELCOME, ON, groups=GROUPS, store=store, clock=clock) as kit:
        await kit.advance(30)
        assert len(kit.posts) == 1
        await kit.join("camp-1", "bob")
    clock.advance(2 * 86_400)
    async with run_plugin(WELCOME, ON, groups=GROUPS, store=store, clock=clock) as kit:
        await kit.advance(600)
        assert kit.posts == []


@pytest.mark.parametrize("bad", [{"text": "hi {nmaes}"}, {"quiet": ["22", "8"]}, {"texts": {"camp-1": "{0}"}}])
async def test_settings_that_cannot_be_meant_are_refused(bad):
    with pytest.raises(PluginError, match=next(iter(bad))):
        async with greeting(**bad):
            pass


@pytest.mark.parametrize("bad", [{"groups": ["camp-9"]}, {"texts": {"camp-9": "hi"}}])
async def test_a_group_that_is_not_there_is_named_with_those_that_are(bad):
    with pytest.raises(
        PluginError, match=rf"\[plugins.welcome\] {next(iter(bad))}: .*'camp-9'; groups: camp-1, camp-2"
    ):
        async with greeting(**bad):
            pass


async def test_a_group_that_was_taken_out_keeps_no_other_from_being_greeted():
    async with greeting(groups=["camp-1", "camp-2"]) as kit:
        await kit.join("camp-1", "ann")
        await kit.join("camp-2", "bob")
        kit.directory.adopt(Directory(GROUPS[1:]))
        await kit.advance(60)
        assert [post.group for post in kit.posts] == ["camp-2"]


async def test_a_store_that_fails_is_told_of_and_nobody_is_greeted_twice():
    class Moody(MemoryPluginStore):
        broken = False

        async def set(self, plugin, key, value):
            if self.broken:
                raise StoreError("locked")
            await super().set(plugin, key, value)

    store = Moody()
    async with run_plugin(WELCOME, ON, groups=GROUPS, store=store, strict=False) as kit:
        await kit.join("camp-1", "ann")
        store.broken = True
        await kit.join("camp-1", "bob")
        await kit.advance(25)  # greeted, which could not be noted
        assert {alert.code for alert in kit.alerts} == {"plugin-failed"}
        store.broken = False
        await kit.advance(600)
        assert len(kit.posts) == 1
        await kit.join("camp-1", "cleo")
        await kit.advance(600)
        assert len(kit.posts) == 2


async def test_a_rush_is_one_greeting_with_a_few_names():
    async with greeting(text="欢迎{names}等{count}位") as kit:
        for n in range(200):
            await kit.join("camp-1", f"m{n}")
        await kit.advance(60)
        assert kit.texts == ["欢迎M0、M1、M2、M3、M4等200位"]


async def test_a_join_that_another_account_of_the_group_reports_first_is_greeted_too():
    shared = [Group(name="camp-1", account="main", ids={"main": "r1", "second": "r1", "third": "t1"})]
    async with run_plugin(WELCOME, ON, groups=shared) as kit:
        for account, chat, member in (("second", "r1", "ann"), ("third", "t1", "stranger")):
            person = Person(id=member, name=member.capitalize())
            joined = MembersJoined(account=account, event_id=member, at=kit.clock.now(), group=chat, members=(person,))
            await kit.send(joined)
        await kit.advance(60)
        [post] = kit.posts
        content = post.parts[0].content
        assert isinstance(content, Text)
        assert content.mentions == ("ann",)
