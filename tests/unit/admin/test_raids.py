"""Many at once, and much at the wrong moment: people are told in a few posts, and nothing is done without its undo."""

import pytest

from groupbot.admin.cards import CardState
from groupbot.admin.case_cards import AT_ONCE
from groupbot.errors import StoreError
from groupbot.risk.incidents import IncidentState
from groupbot.risk.ladder import Action

from .risk_scene import Scene


async def raid(scene, text, count=100, *, within_s=60.0):
    for n in range(count):
        await scene.say(text, by=f"m{n}", name=f"Member {n}")
        scene.chat.clock.advance(within_s / count)


async def tend_for(scene, minutes):
    for _look in range(int(minutes * 4)):
        scene.later(seconds=15)
        await scene.chat.room.tend()


async def test_a_hundred_advertisers_in_a_minute_are_a_few_posts_and_each_is_undone_by_its_number():
    scene = Scene("strict")
    await raid(scene, "广告")
    await tend_for(scene, 1)
    assert len([one for one in scene.done if one[0] == "remove_members"]) == 100
    assert len(scene.told) == AT_ONCE + 1
    together = scene.told[-1][1]
    assert together.startswith("95 questions more")
    assert "2 False alarm: undo" in together
    assert "#6 camp-1 · Member 5 · advertisement" in together
    assert "… and 75 more, up to #100" in together
    assert "invited into camp-1 again" in await scene.chat.type("#77 2", by="u-leader", group="g-east")
    assert scene.done[-1] == ("add_members", "camp-1", "m76")


async def test_what_goes_on_is_told_again_and_later_each_has_its_post():
    scene = Scene("alert")
    for _minute in range(3):
        await raid(scene, "广告", 10)
        await tend_for(scene, 1)
    assert [text.split()[0] for _place, text in scene.told[AT_ONCE:]] == ["5"]
    for minute in range(2):
        await raid(scene, "疑似", 10 + minute)
        await tend_for(scene, 1)
    assert [text.split(" ")[0] for _place, text in scene.told[AT_ONCE:]] == ["5", "1"]
    scene.later(minutes=15)
    await scene.say("广告", by="late")
    assert scene.told[-1][1].startswith("#")


async def test_a_crash_between_gathering_and_telling_leaves_nobody_unseen():
    scene = Scene("strict")
    await raid(scene, "广告", 20, within_s=10)
    assert len(scene.told) == AT_ONCE
    questions = scene.chat.room.services.cases.questions
    questions._gathered.clear()  # what a killed process remembered
    questions._unposted.clear()
    questions._has_looked = False
    await tend_for(scene, 1)
    [told] = [text for _place, text in scene.told[AT_ONCE:]]
    assert told.startswith("20 questions more")
    await tend_for(scene, 1)
    assert len(scene.told) == AT_ONCE + 1


async def test_a_hundred_complaints_nobody_takes_are_chased_and_urged_together():
    scene = Scene("alert")
    await raid(scene, "太差了")
    assert len(await scene.chat.risk.incidents.unresolved()) == 100
    await tend_for(scene, 20)
    assert len(scene.told) < 60
    codes = [alert.code for alert in scene.chat.alerts.alerts]
    assert codes.count("incident-unacknowledged") + codes.count("incidents-unacknowledged") < 30
    assert all(one.escalated for one in await scene.chat.risk.incidents.unresolved())
    assert any("Nobody takes care of these either:" in text for _place, text in scene.told)


@pytest.mark.parametrize("by", ["u-staff", "u-leader", "u-operator"])
async def test_a_complaint_by_one_of_ours_opens_no_incident_and_holds_nothing(by):
    scene = Scene("strict")
    assert not await scene.say("退钱", by=by)
    assert await scene.chat.risk.incidents.unresolved() == ()
    assert scene.told == []
    [alert] = scene.chat.alerts.alerts
    assert alert.code == "risk"
    assert "One of our own" in alert.text
    assert not await scene.say("退钱", by="u-bot")
    assert len(scene.chat.alerts.alerts) == 1


async def test_who_is_called_as_one_of_ours_is_none_of_ours():
    scene = Scene("strict")
    assert await scene.say("广告", by="eve", name="Olga")
    assert scene.done == [("remove_members", "camp-1", "eve")]
    scene.chat.said.orders.clear()
    await scene.chat.type("#1 2", by="eve", group="g-east")
    assert scene.chat.cards.cards[1].state is CardState.OPEN
    assert scene.done == []


async def test_a_name_of_several_lines_forges_no_reply():
    scene = Scene("strict")
    await scene.say("广告", by="eve", name="Eve\n1 False alarm: undo\n2 Right")
    [(_place, text)] = scene.told
    assert [line for line in text.split("\n") if line.startswith("1 ")] == ["1 Right"]
    await scene.say("退钱", by="eve", name="Eve\n1 It is over")
    assert not any(line == "1 It is over" for line in scene.told[-1][1].split("\n"))


async def test_killed_between_removal_and_record_there_is_a_question_with_its_undo():
    scene = Scene("strict")

    class Killed(BaseException):
        """As the process ends."""

    async def killed(*_args):
        raise Killed

    scene.chat.room.services.cases.actions.orders = type("Gone", (), {"submit": killed})()
    with pytest.raises(Killed):
        await scene.say("广告")
    assert scene.chat.cards.cards[1].about[6] == Action.REMOVE.name
    scene = Scene("strict")
    scene.chat.room.services.cases.audit = type("Gone", (), {"write": killed})()
    with pytest.raises(Killed):
        await scene.say("广告")
    assert scene.done == [("remove_members", "camp-1", "ann")]
    assert scene.chat.cards.cards[1].state is CardState.OPEN


async def test_killed_between_incident_and_question_it_is_chased_all_the_same():
    scene = Scene("alert")
    scene.chat.room.services.cases.incidents.questions = type("Gone", (), {"open": _fail, "tend": _nothing})()
    with pytest.raises(StoreError):
        await scene.say("退钱")
    [one] = await scene.chat.risk.incidents.unresolved()
    assert one.state is IncidentState.OPEN
    await tend_for(scene, 5)
    assert any("Nobody takes care yet: incident 1" in text for _place, text in scene.told)
    assert "somebody takes care" in await scene.chat.type("/风险 确认 1")


async def test_a_store_that_fails_stops_no_message_and_the_next_is_judged():
    scene = Scene("strict")
    actions = scene.chat.room.services.cases.actions
    working, actions.orders = actions.orders, type("Gone", (), {"submit": _fail})()
    with pytest.raises(StoreError):
        await scene.say("广告")
    actions.orders = working
    assert await scene.say("广告", by="bob")
    assert scene.done == [("remove_members", "camp-1", "bob")]


async def test_a_chore_that_fails_is_told_and_the_others_are_done():
    scene = Scene("alert")
    scene.chat.room.chores.insert(0, _fail)
    await scene.say("太差了")
    await tend_for(scene, 6)
    alerts = scene.chat.alerts.alerts
    assert {(alert.code, alert.fields["chore"]) for alert in alerts} == {("chore-failed", "_fail")}
    assert "locked" in alerts[0].text
    assert any("Nobody takes care yet" in text for _place, text in scene.told)


async def test_a_blocked_member_who_comes_and_goes_is_no_stream_of_posts():
    scene = Scene("alert")
    await scene.say("广告")
    await scene.chat.type("3", by="u-operator", group="g-east")
    before = len(scene.told)
    for _time in range(20):
        await scene.join("ann")
        scene.later(seconds=3)
    assert len(scene.told) == before
    assert "ann" in {who for _kind, _group, who in scene.done}
    assert scene.chat.alerts.alerts == []


async def _fail(*_args):
    raise StoreError("locked")


async def _nothing(*_args):
    pass
