"""What becomes of advertisements and floods: done, asked, decided by one digit, undone, and all of it on the audit."""

from datetime import timedelta

import pytest

from groupbot.admin.audit import Result
from groupbot.chat.capabilities import Standing
from groupbot.core.content import Text
from groupbot.core.events import Rank
from groupbot.errors import GroupbotError, StoreError
from groupbot.testing.events import NOON

from .risk_scene import Scene


async def test_nothing_is_done_until_somebody_wants_it():
    scene = Scene()
    for text in ("广告", "扫码", "退钱", "1"):
        assert not await scene.say(text)
    assert (scene.done, scene.told, scene.audited) == ([], [], [])
    assert not any(scene.judge.looked)


async def test_people_are_asked_where_they_are_wanted_to_be():
    scene = Scene("alert")
    assert not await scene.say("广告", name="安安")
    assert scene.done == []
    [(place, text)] = scene.told
    assert place == "east-ops"
    for piece in ("camp-1", "安安", "“广告”", "1 It is an ad: remove", "2 False alarm", "3 Block everywhere"):
        assert piece in text
    assert scene.audited == ["risk/ads/alert"]


async def test_one_question_for_all_that_a_member_says():
    scene = Scene("alert")
    for _time in range(5):
        await scene.say("广告")
    assert len(scene.told) == 1
    assert len(scene.audited) == 5


async def test_strict_removes_on_two_signs_and_says_so():
    scene = Scene("strict")
    assert await scene.say("广告")
    assert scene.done == [("remove_members", "camp-1", "ann")]
    assert "The member is being removed." in scene.told[0][1]
    assert scene.audited == ["risk/ads/remove"]


async def test_what_they_say_until_they_are_out_costs_no_further_removal():
    scene = Scene("strict")
    for _time in range(4):
        assert await scene.say("广告")
    assert scene.done == [("remove_members", "camp-1", "ann")]
    scene.later(minutes=6)
    await scene.say("广告")
    assert len(scene.done) == 2


async def test_one_sign_warns_and_the_repeat_removes():
    scene = Scene("strict")
    assert await scene.say("疑似", name="安安")
    await scene.say("疑似", by="bob")
    [(kind, group, text)] = scene.done
    assert (kind, group) == ("text", "camp-1")
    assert not text.startswith("@")  # a mention shows the name itself
    [warning] = [order for order in scene.chat.said.orders if order.group == "camp-1"]
    assert warning.parts[0].content.mentions == ("ann",)
    scene.later(hours=1)
    assert await scene.say("疑似")
    assert scene.done[-1] == ("remove_members", "camp-1", "ann")


async def test_a_repeat_is_forgotten_in_time_and_when_it_was_none():
    scene = Scene("strict")
    await scene.say("疑似")
    scene.later(hours=25)
    await scene.say("疑似")
    assert {kind for kind, _group, _what in scene.done} == {"text"}
    await scene.chat.type("#1 2", by="u-leader", group="g-east")
    await scene.say("疑似")
    assert {kind for kind, _group, _what in scene.done} == {"text"}
    await scene.say("疑似")
    assert scene.done[-1][0] == "remove_members"


async def test_a_newcomers_code_goes_from_the_first_minute():
    scene = Scene("strict")
    scene.joined["camp-1", "ann"] = NOON - timedelta(minutes=5)
    scene.joined["camp-1", "bob"] = NOON - timedelta(days=30)
    assert await scene.say("扫码")
    assert not await scene.say("扫码", by="bob")
    assert not await scene.say("扫码", by="eve")
    assert scene.done == [("remove_members", "camp-1", "ann")]


@pytest.mark.parametrize("by", ["u-staff", "u-leader", "u-operator"])
async def test_one_of_ours_is_told_of_and_no_more(by):
    scene = Scene("strict")
    for _time in range(3):
        assert not await scene.say("广告", by=by)
    assert scene.done == []
    assert "One of our own" in scene.told[0][1]
    assert not await scene.say("广告", by="u-bot")
    assert len(scene.audited) == 3


@pytest.mark.parametrize(
    ("lack", "why"),
    [
        (lambda scene: scene.can("text"), "can't send this kind"),
        (lambda scene: scene.can("text", "remove_members", stable_ids=False), "new ids"),
        (lambda scene: scene.can("text", "remove_members", for_admins=frozenset({"remove_members"})), "administrators"),
    ],
)
async def test_what_the_account_can_not_do_is_asked_of_a_person(lack, why):
    scene = Scene("strict")
    lack(scene)
    scene.chat.risk.standing = Standing(rank=Rank.MEMBER, members=200)
    assert not await scene.say("广告")
    assert scene.done == []
    assert "To be done by hand" in scene.told[0][1]
    assert why in scene.told[0][1]
    said = await scene.chat.type("1", by="u-leader", group="g-east")
    assert "By hand, please, in camp-1" in said
    assert scene.done == []


async def test_a_decision_removes_and_teaches():
    scene = Scene("alert")
    await scene.say("广告", name="安安")
    assert "安安 is being removed from camp-1." in await scene.chat.type("1", by="u-leader", group="g-east")
    assert scene.done == [("remove_members", "camp-1", "ann")]
    [lesson] = scene.chat.risk.lessons.learned
    assert (lesson.is_hit, lesson.text, lesson.by) == (True, "广告", "Lena")
    assert ("Lena", "card/1", "done") in scene.chat.audited


async def test_a_removal_is_undone():
    scene = Scene("strict")
    await scene.say("广告")
    assert "invited into camp-1 again" in await scene.chat.type("2", by="u-leader", group="g-east")
    assert scene.done[-1] == ("add_members", "camp-1", "ann")
    assert not scene.chat.risk.lessons.learned[0].is_hit
    assert await scene.chat.room.services.cases.repeats("ann", "ads", NOON) == 0


async def test_a_block_is_undone_in_every_group_that_it_removed_from():
    scene = Scene("strict", ads={"most": "block"})
    scene.folk.seats["ann"] = ("camp-1", "camp-2")
    await scene.say("疑似")
    await scene.chat.type("#1 4", by="u-leader", group="g-east")
    assert await scene.say("广告")
    assert {group for kind, group, _who in scene.done if kind == "remove_members"} == {"camp-1", "camp-2"}
    assert [one.by for one in await scene.chat.risk.blocked.list()] == ["groupbot"]
    said = await scene.chat.type("#2 2", by="u-leader", group="g-east")
    assert "invited into camp-1, camp-2 again" in said
    assert {group for kind, group, _who in scene.done if kind == "add_members"} == {"camp-1", "camp-2"}
    assert await scene.chat.risk.blocked.list() == []


async def test_a_lesson_that_is_refused_changes_nothing_of_what_was_done():
    scene = Scene("alert")
    scene.chat.risk.lessons.refusal = GroupbotError("100 corrections today")
    await scene.say("广告")
    assert "100 corrections today" in await scene.chat.type("1", by="u-leader", group="g-east")
    assert scene.done == [("remove_members", "camp-1", "ann")]


async def test_only_operators_block_everywhere():
    scene = Scene("alert")
    scene.folk.seats["ann"] = ("camp-1", "camp-2")
    await scene.say("广告")
    assert "Only operators" in await scene.chat.type("3", by="u-leader", group="g-east")
    assert scene.done == []
    said = await scene.chat.type("3", by="u-operator", group="g-east")
    assert "camp-1" in said
    assert "camp-2" in said
    assert {(kind, group) for kind, group, _who in scene.done} == {
        ("remove_members", "camp-1"),
        ("remove_members", "camp-2"),
    }
    assert [one.by for one in await scene.chat.risk.blocked.list()] == ["Opal"]


async def test_who_is_blocked_is_taken_out_when_they_come_back():
    scene = Scene("alert")
    await scene.say("广告")
    await scene.chat.type("3", by="u-operator", group="g-east")
    scene.later(hours=2)
    await scene.join("ann", "bob", group="g-camp-2")
    assert scene.done[-1] == ("remove_members", "camp-2", "ann")
    assert scene.audited[-1] == "risk/blocked"
    scene.can("text")
    await scene.join("ann", group="g-camp-2")
    assert "By hand" in scene.chat.alerts.alerts[-1].text


async def test_a_burst_of_joins_is_told():
    scene = Scene("alert")
    scene.judge.burst = [scene.judge.script["1"].findings[0]]
    await scene.join("ann", "bob")
    assert [alert.code for alert in scene.chat.alerts.alerts] == ["join-burst"]
    quiet = Scene()
    quiet.judge.burst = scene.judge.burst
    await quiet.join("ann")
    assert quiet.chat.alerts.alerts == []


async def test_answers_that_the_sop_asked_for_are_no_flood():
    scene = Scene("strict")
    scene.expected.posted("camp-1", [Text(text="听懂的扣1")], NOON)
    assert not await scene.say("1")
    assert scene.audited == []
    assert await scene.say("1", group="g-camp-2")
    scene.later(minutes=31)
    assert await scene.say("1")


async def test_talk_elsewhere_is_not_judged():
    scene = Scene("strict")
    for group in ("g-ops", "g-east", "g-unknown"):
        assert not await scene.say("广告", group=group)
    assert not await scene.say("广告", account="spare")
    assert scene.judge.looked == []


async def test_what_fails_is_on_the_audit_as_failed():
    scene = Scene("strict")

    class Locked:
        async def submit(self, order):
            raise StoreError("locked")

    scene.chat.room.services.cases.actions.orders = Locked()
    with pytest.raises(StoreError):
        await scene.say("广告")
    assert [entry.result for entry in scene.chat.audit.entries] == [Result.FAILED]


async def test_what_an_earlier_process_did_is_not_forgotten():
    scene = Scene("strict")
    scene.past_posts = [("camp-1", Text(text="听懂的扣1"), NOON - timedelta(minutes=20))]
    scene.past_joins = [("camp-1", "eve", NOON - timedelta(hours=1)), ("camp-1", "ann", NOON)]
    scene.chat.risk.history.warned["camp-1"] = NOON - timedelta(minutes=9)
    assert not await scene.say("1")
    assert scene.judge.seen == [("camp-1", "eve", NOON - timedelta(hours=1))]
    assert await scene.say("疑似")
    assert scene.done == []  # somebody was warned there just before the restart
    scene.later(minutes=11)
    assert await scene.say("1")
    assert [kind for kind, _group, _text in scene.done] == ["text"]
    assert len(scene.judge.seen) == 1
