"""Complaints: a person is called, reminded, and closes it; nobody is punished; one that spreads is told at once."""

from groupbot.chat.alerts import Severity
from groupbot.chat.directory import Directory
from groupbot.risk.incidents import IncidentState, Outcome

from .conftest import SETTINGS
from .risk_scene import Scene


async def incidents(scene):
    return [await scene.chat.risk.incidents.get(number) for number in sorted(scene.chat.risk.incidents.kept)]


async def test_a_complaint_calls_the_leader_with_context():
    scene = Scene("strict")
    assert not await scene.say("太差了", name="安安")
    [one] = await incidents(scene)
    assert (one.owner, one.squad, one.group, one.member, one.kind) == ("Lena", "east", "camp-1", "ann", "complaint")
    [(place, text)] = scene.told
    assert place == "east-ops"
    for piece in ("安安", "“太差了”", "Lena", "1 I take care of it"):
        assert piece in text
    assert scene.done == []
    assert scene.audited == ["risk/incident/opened", "risk/negative/alert"]


async def test_signs_that_no_store_takes_keep_nobody_from_hearing_of_it():
    scene = Scene("strict")
    await scene.say("太\0差了", name="a\0n\ud800")
    [(_place, text)] = scene.told
    assert "“太差了”" in text
    assert "an?" in text


async def test_what_happens_in_no_squads_group_is_for_operators():
    scene = Scene("alert")
    free = [one.model_copy(update={"squad": ""}) if one.name == "camp-1" else one for one in SETTINGS.groups]
    scene.chat.room.services.directory.adopt(Directory.from_settings(free))
    await scene.say("太差了")
    await scene.say("疑似", by="bob")
    for number in (1, 2):
        assert "right" in await scene.chat.type(f"#{number} 1", by="u-leader")
        assert scene.chat.cards.cards[number].state == "open"


async def test_a_refund_demand_brings_the_playbook_and_the_admin_group():
    scene = Scene("alert")
    await scene.say("太差了", by="bob")
    await scene.say("退钱")
    assert [place for place, _text in scene.told] == ["east-ops", "east-ops", "ops"]
    assert "先道歉，再问清楚订单号" in scene.told[-1][1]
    assert "refund demand" in scene.told[-1][1]


async def test_further_messages_join_it_and_a_graver_one_calls_again():
    scene = Scene("alert")
    await scene.say("太差了")
    await scene.say("太差了")
    assert len(scene.told) == 1
    await scene.chat.type("#1 1", by="u-staff", group="g-east")
    scene.chat.said.orders.clear()
    await scene.say("退钱")
    [one] = await incidents(scene)
    assert (one.kind, one.state) == ("refund", IncidentState.OPEN)
    assert {place for place, _text in scene.told} == {"east-ops", "ops"}


async def test_answered_by_one_digit_in_one_chat_it_is_no_question_in_the_other():
    scene = Scene("alert")
    await scene.say("退钱")
    assert "somebody takes care" in await scene.chat.type("#1 1", by="u-leader", group="g-east")
    assert "is over" in await scene.chat.type("#2 1", by="u-operator", group="g-ops")
    [one] = await incidents(scene)
    assert one.history[-1].by == "Lena"
    assert scene.chat.risk.lessons.learned == []


async def test_a_false_alarm_teaches():
    scene = Scene("alert")
    await scene.say("太差了")
    await scene.chat.type("3", by="u-leader", group="g-east")
    [one] = await incidents(scene)
    assert one.outcome is Outcome.FALSE_ALARM
    [lesson] = scene.chat.risk.lessons.learned
    assert (lesson.is_hit, lesson.concern, lesson.by) == (False, "negative", "Lena")


async def test_nobody_answers_so_it_is_chased_and_then_urgent():
    scene = Scene("alert")
    await scene.say("太差了")
    for _minute in range(30):
        scene.later(minutes=1)
        await scene.chat.room.tend()
    assert [text.startswith("Nobody takes care yet") for _place, text in scene.told[1:]] == [True, True]
    [alert] = scene.chat.alerts.alerts
    assert (alert.severity, alert.code) == (Severity.CRITICAL, "incident-unacknowledged")
    assert alert.fields["group"] == "camp-1"
    [one] = await incidents(scene)
    assert [entry.what.value for entry in one.history] == ["opened", "chased", "chased", "escalated"]


async def test_nobody_is_chased_about_what_somebody_took():
    scene = Scene("alert")
    await scene.say("太差了")
    await scene.chat.type("1", by="u-leader", group="g-east")
    scene.chat.said.orders.clear()
    scene.later(hours=5)
    await scene.chat.room.tend()
    assert (scene.told, scene.chat.alerts.alerts) == ([], [])


async def test_what_spreads_is_told_once():
    scene = Scene("alert")
    await scene.say("太差了")
    await scene.say("太差了", by="bob", group="g-camp-2")
    await scene.say("太差了", by="bob", group="g-camp-2")
    [alert] = scene.chat.alerts.alerts
    assert (alert.code, alert.severity) == ("incidents-spread", Severity.CRITICAL)
    assert "camp-1" in alert.text
    assert "camp-2" in alert.text


async def test_a_group_without_leader_or_chat_asks_the_admin_group():
    scene = Scene("alert")
    await scene.say("太差了", by="bob", group="g-camp-2")
    [one] = await incidents(scene)
    assert one.owner == ""
    assert scene.told[0][0] == "west-ops"


async def test_the_commands_of_the_family():
    scene = Scene("alert")
    chat = scene.chat
    assert "No complaint" in await chat.type("/风险 列表")
    await scene.say("太差了")
    await scene.say("退钱", by="bob", group="g-camp-2")
    listed = await chat.type("/风险 列表")
    assert listed.index("refund demand") < listed.index("complaint ·")
    mine = await chat.type("/风险 列表", by="u-leader", group="g-east")
    assert ("camp-1" in mine, "camp-2" in mine) == (True, False)
    assert "outside your squad" in await chat.type("/风险 查看 2", by="u-leader", group="g-east")
    assert "opened 太差了" in await chat.type("/风险 查看 1", by="u-leader", group="g-east")
    assert "somebody takes care" in await chat.type("/风险 确认 1", by="u-staff", group="g-east")
    assert "Stan takes care" in await chat.type("/风险 确认 1")
    assert "over" in await chat.type("/风险 结案 1")
    assert "over already (Opal)" in await chat.type("/风险 误报 1")
    assert "There is no incident 9" in await chat.type("/风险 查看 9")


async def test_block_asks_back_and_unblock_lets_in():
    scene = Scene()
    chat = scene.chat
    object.__setattr__(chat.room.services, "members", scene.folk)
    scene.folk.seats["ann"] = ("camp-1", "camp-2")
    asked = await chat.type("/风险 拉黑 ann")
    assert "camp-1" in asked
    assert scene.done == []
    digits = next(word for word in asked.replace(".", " ").split() if word.isdigit() and len(word) == 4)
    assert "ANN is blocked" in await chat.type(digits)
    assert [(kind, group) for kind, group, _who in scene.done] == [
        ("remove_members", "camp-1"),
        ("remove_members", "camp-2"),
    ]
    assert "ANN" in await chat.type("/风险 列表")
    assert "No member is called eve" in await chat.type("/风险 拉黑 eve")
    assert "may come in again" in await chat.type("/风险 解除 ANN")
    assert "Nobody who is blocked" in await chat.type("/风险 解除 ANN")


async def test_the_mode_is_written_into_the_file():
    scene = Scene()

    class Config:
        changes = ()

        async def change(self, *changes):
            self.changes += changes
            return True

    config = Config()
    object.__setattr__(scene.chat.room.services, "config", config)
    assert await scene.chat.type("/风险 模式 camp-1 严格") == "camp-1: 严格 from now on."
    assert [(change.name, change.risk) for change in config.changes] == [("camp-1", "strict")]
