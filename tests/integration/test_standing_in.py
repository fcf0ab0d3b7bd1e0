"""An account falls silent: others of its groups post for it, or people, and it comes back slowly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from groupbot.admin.audit import AuditQuery
from groupbot.admin.rights import Actor
from groupbot.app import App, build
from groupbot.campaign.standby import BY_HAND
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.chat.capabilities import Capabilities
from groupbot.chat.errors import Rejected
from groupbot.core.content import EVERYBODY, Part, Text
from groupbot.core.events import AccountState, AccountStateChanged
from groupbot.core.policies import Policies
from groupbot.core.roles import Role
from groupbot.delivery.values import NewDelivery, State
from groupbot.desk.standby_cards import KIND
from groupbot.lifecycle import opened
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from groupbot.testing import FakeAdapter, FakeClock, FakeWaker, Outcome
from tests.unit.delivery.bench import Inbox

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
CONFIG = """\
locale = "en"
[pacing]
enabled = false
[standby]
failures = 3
[admin]
groups = ["ops"]
[[accounts]]
name = "main"
adapter = "console"
[[accounts]]
name = "spare"
adapter = "console"
[[groups]]
name = "ops"
account = "spare"
id = "g-ops"
[[groups]]
name = "g1"
account = "main"
id = "r1"
also = { spare = "r1" }
[[groups]]
name = "g2"
account = "main"
id = "r2"
[[people]]
name = "Olga"
role = "owner"
ids = { spare = "u-olga" }
"""
OLGA = Actor(account="spare", member_id="u-olga", name="Olga", role=Role.OWNER)


def step(name: str, minutes: float, group: str = "g1", text: str | None = None, **more) -> NewDelivery:
    return NewDelivery(
        campaign="camp",
        key=f"{name}/2026-05-18.0/{group}",
        step=name,
        phase="",
        group=group,
        account="main",
        due=NOON + timedelta(minutes=minutes),
        ordinal=0,
        parts=(Part(content=Text(text=text or name, **more)),),
        policies=Policies(grace=timedelta(minutes=14)),
    )


@dataclass
class House:
    """A whole app in virtual time."""

    app: App
    clock: FakeClock
    adapters: dict[str, FakeAdapter]
    inbox: Inbox
    sent: list[str] = field(default_factory=list)

    async def launch(self, *rows: NewDelivery, sop_text: str = "") -> None:
        record = Campaign(
            id="camp",
            sop="demo",
            title="",
            version="v1",
            timezone="UTC",
            start=date(2026, 5, 18),
            created_at=NOON,
            state=CampaignState.DRAFT,
            sop_text=sop_text,
        )
        version = await self.app.campaigns.open_draft(record)
        await self.app.campaigns.add_draft("camp", version, rows)
        await self.app.campaigns.go_live(record, version, ("g1", "g2"))

    async def turn(self, account: str, state: AccountState) -> None:
        adapter = self.adapters[account]
        (adapter.connect if state is AccountState.ONLINE else adapter.disconnect)()
        event = AccountStateChanged(account=account, event_id=f"{account}{self.clock.now()}", at=NOON, state=state)
        for stage in self.app.pipeline._stages:
            await stage.handle(event)

    async def pass_minutes(self, minutes: float) -> None:
        """Let time pass as the daemon does, in wider strides."""
        for _ in range(int(minutes * 2)):
            await self.app.dispatcher.tick()
            await self.app.room.tend()
            await self.app.office.reminders.look()
            self.clock.advance(30)

    def posts(self, account: str, to: str) -> list[str]:
        return [post.content.text for post in self.adapters[account].posts if post.to == to]

    async def states(self) -> dict[str, tuple[State, str]]:
        return {row.step: (row.state, row.account) for row in await self.app.campaigns.deliveries("camp")}

    async def actions(self) -> list[str]:
        return [entry.action for entry in reversed(await SqlAudit(self.app.database).list(AuditQuery()))]

    async def answer(self, digit: int) -> str:
        [card] = await self.app.room.desk.open_of(KIND)
        place = self.app.room.places.admin_group()
        assert place is not None
        return str(await self.app.room.desk.answer(card.number, digit, OLGA, place))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    clock, inbox = FakeClock(NOON), Inbox()
    adapters = {
        "main": FakeAdapter(account="main", groups={"r1": (), "r2": ()}, clock=clock),
        "spare": FakeAdapter(account="spare", groups={"r1": (), "g-ops": ()}, clock=clock),
    }
    app = build(
        load(tmp_path / "config.toml", {}), adapters=adapters, clock=clock, waker=FakeWaker(clock), alerts=inbox
    )
    async with opened(app):
        await app.dispatcher.open()
        made = House(app=app, clock=clock, adapters=adapters, inbox=inbox)
        for account in adapters:
            await made.turn(account, AccountState.ONLINE)
        yield made


def codes(alerts: Sequence[object]) -> list[str]:
    return [getattr(alert, "code", "") for alert in alerts]


async def test_what_is_due_moves_once_the_account_was_away_long_enough_and_comes_back_by_a_word(house: House) -> None:
    await house.launch(step("a", 1), step("b", 8), step("c", 9), step("d", 12))
    await house.turn("main", AccountState.LOGIN_NEEDED)
    await house.pass_minutes(1.5)
    assert (await house.states())["a"] == (State.PLANNED, "main")
    await house.pass_minutes(2)
    assert house.posts("spare", "r1") == ["a"]
    assert (await house.states())["b"] == (State.PLANNED, "main")
    await house.app.office.standins._at.store.move(
        house.app.dispatcher.owned()["main"],
        "spare",
        await house.app.office.standins._at.store.waiting("main", NOON + timedelta(hours=1), 10),
    )
    await house.turn("main", AccountState.ONLINE)
    await house.pass_minutes(1)
    assert await house.answer(1) == "main has 3 posts back."
    await house.pass_minutes(9)
    assert house.posts("main", "r1") == ["b", "c", "d"]
    assert house.posts("spare", "r1") == ["a"]
    assert await house.actions() == ["standby/move", "standby/back"]
    assert "standby-moved" in codes(house.inbox.alerts)


async def test_without_another_account_a_person_posts_it_and_ticks_it_off(house: House) -> None:
    await house.launch(step("a", 1, "g2"), step("b", 9, "g2"))
    await house.turn("main", AccountState.OFFLINE)
    await house.pass_minutes(4)
    assert (await house.states())["a"] == (State.PLANNED, "main")  # it waits in its grace
    await house.pass_minutes(2.5)
    assert (await house.states())["a"] == (State.HELD, "main")
    [asked, words] = house.posts("spare", "g-ops")[-2:]
    assert "By hand in g2, step a" in asked
    assert words == "a"
    key = f"{BY_HAND}a/2026-05-18.0/g2"
    await house.app.room.services.tasks.complete(f"camp/{key}", by="Olga")
    assert (await house.states())["a"] == (State.SENT, "main")
    await house.turn("main", AccountState.ONLINE)
    await house.pass_minutes(4)
    assert house.posts("main", "r2") == ["b"]


async def test_the_plan_for_a_lost_account_is_shown_once(house: House) -> None:
    text = "name: demo\ntitle: Demo\nphases:\n  - {name: run, steps: [{id: a, at: D1 12:01, text: hello}]}\n"
    text += "playbooks:\n  - {symptom: 机器人封号, words: 换备用号}\n"
    await house.launch(step("a", 20), sop_text=text)
    await house.turn("main", AccountState.REFUSED)
    await house.pass_minutes(1.5)
    [told] = [alert.text for alert in house.inbox.alerts if alert.code == "account-playbook"]
    assert "换备用号" in told
    assert (await house.app.room.services.risk.playbooks.words("g1", "号被封了吗")).endswith("换备用号")


async def test_who_may_not_do_it_does_not_stand_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.launch(step("a", 1, mentions=(EVERYBODY,)))
    monkeypatch.setattr(FakeAdapter, "capabilities", Capabilities(kinds=frozenset({"image"})))
    await house.turn("main", AccountState.OFFLINE)
    await house.pass_minutes(4)
    assert (await house.states())["a"] == (State.PLANNED, "main")


async def test_a_persons_pause_moves_nothing(house: House) -> None:
    await house.launch(step("a", 1))
    await house.app.presence.pause_account("main", paused=True, reason="paused by Olga")
    await house.pass_minutes(4)
    assert (await house.states())["a"] == (State.PLANNED, "main")


async def test_a_limit_notice_counts_at_once_until_a_person_resumes_the_account(house: House) -> None:
    await house.launch(step("a", 0), step("b", 3))
    await house.turn("main", AccountState.LIMITED)
    await house.pass_minutes(1)
    assert house.posts("spare", "r1") == ["a"]
    await house.app.room.services.account_desk.resume("main")
    house.adapters["main"].connect()
    await house.pass_minutes(4)
    assert house.posts("main", "r1") == ["b"]
    assert "main" in house.app.office.standins._ramps


async def test_an_account_that_gets_nothing_out_is_held_and_comes_back_at_the_pace_of_a_new_one(house: House) -> None:
    await house.launch(*(step(f"s{n}", n) for n in range(3)), step("t0", 5), step("t1", 8))
    for _ in range(3):
        house.adapters["main"].will(Outcome.fails(Rejected("no")))
    await house.pass_minutes(4)
    [main] = [one for one in await house.app.office.standins._at.store.healths() if one.account == "main"]
    assert main.paused
    assert main.held_at is not None
    assert "account-failing" in codes(house.inbox.alerts)
    await house.pass_minutes(2)
    assert house.posts("spare", "r1") == ["t0"]
    await house.app.room.services.account_desk.resume("main")
    await house.pass_minutes(3)
    ramp = house.app.office.standins._ramps["main"]
    assert (ramp.since, ramp.posts) == (date(2026, 5, 18), (80, 150, 300))
    assert house.posts("main", "r1") == ["t1"]
