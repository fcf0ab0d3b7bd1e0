"""Risk control on real gateways, case by case: what a strict group gets, what a fresh one gets, and how it is undone.

Every case happens in both groups, where it can. In the calm one, which has nothing but defaults, nobody is told of
members and nothing is done to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from groupbot import i18n, lifecycle
from groupbot.delivery.values import State
from tests.acceptance.chat_world import until
from tests.acceptance.risk_world import CALM, OPS, STRICT, WARNING, Scene, code_picture, number, running
from tests.gateway.rig import Rig

CHAIN = "明早一起跑步的同学接龙，回复1就行"
OFFER = "有需要的私聊我，兼职刷单日结 vx：abcd8888"


@pytest.fixture
def rigs(tmp_path: Path) -> Iterator[tuple[Rig, Rig]]:
    made = [Rig(generation="new", folder=tmp_path / name, echo=True) for name in ("main", "spare")]
    try:
        main, spare = (rig.start() for rig in made)
        yield main, spare
    finally:
        for rig in made:
            rig.stop()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lifecycle, "CARDS_S", 0.2)
    monkeypatch.setattr(lifecycle, "REMINDERS_S", 0.2)
    i18n.use("en")
    yield
    i18n.use("zh")


async def an_ad_by_a_newcomer(scene: Scene) -> None:
    """A code of another group in a picture: out where it is strict; one digit brings them back."""
    for chat in (STRICT, CALM):
        await scene.main.act("join", room=chat, who=["eve"], by="ann")
    await scene.heard()
    for chat in (CALM, STRICT):
        await scene.show("eve", code_picture(), chat)
    card = await scene.hear(r"False alarm: undo")
    assert "QR code of a group or person" in card
    assert "The member is being removed." in card
    await until(lambda: bool(scene.moved("roomDel")), lambda: "eve is out")
    assert scene.moved("roomDel") == [(STRICT, "eve")]
    await scene.ask(f"#{number(card)} 2", "invited into camp-1 again")
    await until(lambda: bool(scene.moved("roomAdd")), lambda: "eve is back")
    assert scene.moved("roomAdd") == [(STRICT, "eve")]


async def a_block_and_its_end(scene: Scene) -> None:
    """An offer with a way to reach them is two signs. A person blocks them everywhere; who is let in again stays."""
    before = len(scene.posts(OPS))
    for chat in (CALM, STRICT):
        await scene.say("dan", OFFER, chat)
    card = await scene.hear("Block everywhere", before)
    await until(lambda: (STRICT, "dan") in scene.moved("roomDel"), lambda: "dan is out")
    await scene.ask(f"#{number(card)} 3", "Dan is blocked")
    await until(lambda: (CALM, "dan") in scene.moved("roomDel"), lambda: f"out of both: {scene.moved('roomDel')}")
    await scene.ask("/风险 解除 Dan", "may come in again")
    out = len(scene.moved("roomDel"))
    await scene.main.act("join", room=STRICT, who=["dan"], by="ann")
    await scene.heard()
    assert len(scene.moved("roomDel")) == out


async def a_complaint(scene: Scene) -> None:
    """People are called and a sale waits; nothing is done to who complains; one that was none teaches."""
    before = len(scene.posts(OPS))
    for chat in (CALM, STRICT):
        await scene.say("ben", "你们就是骗子，退钱！", chat)
    card = await scene.hear("accusation of fraud", before)
    assert "camp-1" in card
    assert "calm" not in card
    sale = "最后3个名额，限时优惠199元"
    name = await scene.launch(sale, "camp-1", "calm")
    await scene.until_state(name, "calm", State.SENT)
    await scene.until_state(name, "camp-1", State.PLANNED)
    await scene.ask(f"#{number(card)} 1", "somebody takes care")
    scene.pass_time(seconds=15)
    await scene.until_state(name, "camp-1", State.SENT)
    await scene.ask("/风险 误报 1", "over")
    assert "risk/teach/negative" in await scene.audited()


async def a_flood(scene: Scene) -> None:
    """Warned of once, in the configured words; people may call it a false alarm."""
    before = len(scene.posts(OPS))
    scene.pass_time(minutes=11)  # a group hears one warning in ten minutes
    for chat in (CALM, STRICT):
        for _time in range(12):
            await scene.say("cat", "快看快看", chat)
    card = await scene.hear("many messages at once", before)
    assert "The member was warned." in card
    await scene.heard()
    await scene.ask(f"#{number(card)} 2", "Noted")


async def a_chain_that_is_none(scene: Scene) -> None:
    """Twelve answers to a post of the SOP are no flood; an offer among them is one all the same."""
    await scene.launch(CHAIN, "camp-1", "calm")
    await until(lambda: CHAIN in scene.posts(STRICT) and CHAIN in scene.posts(CALM), lambda: "the SOP asks")
    before, audited = len(scene.posts(OPS)), await scene.audited()
    for chat in (CALM, STRICT):
        for _time in range(12):
            await scene.say("ann", "1", chat)
    await scene.heard()
    assert scene.posts(OPS)[before:] == []
    assert await scene.audited() == audited
    await scene.say("ann", f"5. {OFFER}", STRICT)
    card = await scene.hear("False alarm: undo", before)
    await until(lambda: (STRICT, "ann") in scene.moved("roomDel"), lambda: "ann is out")
    await scene.ask(f"#{number(card)} 2", "invited into camp-1 again")


async def people_teach(scene: Scene) -> None:
    """What was called wrong is a lesson, as what was not found is; each is listed, and taken back."""
    assert "risk/teach/ads" in await scene.audited()
    await scene.ask("「ann：周三的手作课还有两个位置」\n- - - - - - - - - -\n/风险 漏报", "Learned")
    listed = await scene.ask("/风险 版本", r"Olga · advertisement")
    found = re.search(r"(\d+) · [\d: -]+ · Olga · advertisement", listed)
    assert found
    await scene.ask(f"/风险 撤回教学 {found[1]}", "Forgotten")
    assert (await scene.audited())[-1] == "risk/unlearn/ads"


async def a_full_group(scene: Scene) -> None:
    """The next group takes over before the limit; who is locked out hears which; a person may open the first again."""
    assert await scene.entry() == "camp-1"
    before = len(scene.posts(OPS))
    await scene.main.act("join", room=STRICT, who=["fay", "gus"], by="ann")
    await scene.hear("camp-2 takes people in now", before)
    await scene.until_entry("camp-2")
    await scene.say("zoe", "群满了，扫码进不去", None)
    await until(lambda: scene.posts("zoe") == ["二群还有位置"], lambda: f"zoe hears: {scene.posts('zoe')}")
    await scene.main.act("leave", room=STRICT, who=["fay", "gus"], by="ann")
    await scene.heard()
    assert await scene.entry() == "camp-2"
    await scene.ask("/入口 设置 camp-1", "camp-1")
    await scene.until_entry("camp-1")
    done = await scene.audited()
    assert [action for action in done if action.startswith("entry/")] == ["entry/closed", "entry/open"]


async def a_logout(scene: Scene) -> None:
    """The other account of the group posts; where there is none a person does. What is left is given back."""
    before = len(scene.posts(OPS))
    await scene.main.act("logout")
    await scene.until_state_of("main", "offline")
    name = await scene.launch("第一课", "camp-1", "calm", grace=timedelta(minutes=12))
    scene.pass_time(seconds=121)
    await scene.hear("spare posts for main in camp-1", before)
    await scene.until_state(name, "camp-1", State.SENT, "spare")
    await scene.until_state(name, "calm", State.HELD)
    asked = await scene.hear("By hand in calm", before)
    await scene.ask(f"#{number(asked)} 1", "Done by Olga")
    await scene.until_state(name, "calm", State.SENT)
    soon = await scene.launch("第二课", "camp-1", due_in=timedelta(seconds=25))
    await scene.until_state(soon, "camp-1", State.PLANNED, "spare")
    await scene.main.act("login")
    await scene.until_state_of("main", "online")
    card = await scene.hear("1 planned post of its own is with another account", before)
    await scene.ask(f"#{number(card)} 1", "main has 1 post back")
    scene.pass_time(seconds=25)
    await scene.until_state(soon, "camp-1", State.SENT)
    assert scene.posts(STRICT, scene.spare) == ["第一课"]
    assert [text for text in scene.posts(STRICT) if text.endswith("课")] == ["第二课"]
    assert "第一课" not in scene.posts(CALM)


CASES = (
    an_ad_by_a_newcomer,
    a_block_and_its_end,
    a_complaint,
    a_flood,
    a_chain_that_is_none,
    people_teach,
    a_full_group,
    a_logout,
)


async def test_each_ends_as_the_settings_ask_for(tmp_path: Path, rigs: tuple[Rig, Rig]) -> None:
    async with running(tmp_path, *rigs) as scene:
        for case in CASES:
            await case(scene)
        assert [text for text in scene.posts(STRICT) if text.startswith("@")] == [f"@Cat\u2005{WARNING}"]
        assert not any(WARNING in text for text in scene.posts(CALM))
        done = await scene.audited()
        assert (done.count("risk/ads/remove"), done.count("risk/incident/opened")) == (3, 1)
