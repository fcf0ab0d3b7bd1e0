"""Steps that must be approved, over the real desk, guards and SQLite: asked, held, approved, rejected, asked again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from groupbot import i18n
from groupbot.app import App, build
from groupbot.core.verdicts import ALLOW, Hold
from groupbot.delivery.decide import Go
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Ask, Claim, Drop, Sent
from groupbot.settings import load
from groupbot.storage.tables import metadata
from groupbot.testing import FakeAdapter, FakeClock
from tests.integration.test_chat_campaigns import CAMP, CONFIG, GROUP, GROUPS, MORNING, Office

SOP = """\
name: camp
title: Camp
materials: {poster: poster.png}
phases:
  - name: run
    steps:
      - {id: plain, at: D1 08:30, text: Good morning}
      - id: offer
        at: D1 12:00
        approval: true
        parts: [{text: Our offer}, {image: poster}]
      - {id: soft, at: D1 12:00, text: See you, approval: {ahead: 1h, default: send}}
"""


class Wary:
    """A guard that is against everything, as long as it is told so."""

    name = "wary"
    is_against = False

    async def check(self, draft):
        return Hold(reason="wary") if self.is_against else ALLOW


@dataclass
class Approving(Office):
    """An office whose posts go through the guards when it is told to post."""

    app: App | None = None
    sent: list[tuple[str, str]] = field(default_factory=list)
    wary: Wary = field(default_factory=Wary)

    async def at(self, hour: int, minute: int = 0) -> str:
        """Let it be that time of the first day, let everything have its turn; return what is asked."""
        self.clock.set(MORNING + timedelta(hours=hour - 8, minutes=minute))
        await self.turn()
        return "\n".join(await self.said())

    async def turn(self) -> None:
        assert self.app
        await self.app.room.tend()
        now, ledger = self.clock.now(), self.app.ledger
        owner, _notices = await ledger.acquire("main", "test", now)
        found = [one for one in await ledger.candidates(owner, now, 100) if one.campaign == CAMP]
        for one in found:
            verdict = await self.app.dispatcher._guards.check(Draft(candidate=one, now=now))
            if not isinstance(verdict, Go):
                assert await ledger.divert(one, verdict, owner, now)
                continue
            token = await ledger.begin(Claim(candidate=one, fingerprint="f", lock_until=now), owner, now)
            assert token
            await ledger.finish(token, one.id, Sent(message_id=None, next_at=None if one.is_last else now), now)
            self.sent.append((one.step, one.group))
        if any(not isinstance(one, Go) for one in found):
            await self.app.room.tend()
        if found:
            await self.turn()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Approving]:
    i18n.use("en")
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops" / "camp.yaml").write_text(SOP, "utf-8")
    (tmp_path / "sops" / "poster.png").write_bytes(b"first")
    blocks = "".join(GROUP.format(name=name, squad=squad) for name, squad in GROUPS.items())
    (tmp_path / "config.toml").write_text(CONFIG + blocks, "utf-8")
    clock = FakeClock(MORNING)
    wary = Wary()
    app = build(
        load(tmp_path / "config.toml"),
        adapters={"main": FakeAdapter(account="main", clock=clock)},
        clock=clock,
        guards=[wary],
    )
    async with app.database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    made = Approving(room=app.room, database=app.database, folder=tmp_path, clock=clock, app=app, wary=wary)
    await made.confirmed("/活动 启动 camp 5月18日 e1 e2")
    try:
        yield made
    finally:
        await app.database.close()
        i18n.use("zh")


async def test_it_is_asked_ahead_with_words_and_reach_and_goes_out_when_approved(office: Approving) -> None:
    assert "To approve" not in await office.at(9, 59)
    asked = await office.at(10)
    assert f"#1 To approve: {CAMP} · offer · 05-18 12:00 · 2 groups" in asked
    assert "Our offer" in asked
    assert "it is held then" in asked
    assert await office.at(10, 1) == ""
    assert "Approved: offer in 2 groups" in await office.type("1")
    await office.at(12)
    assert {step for step, _group in office.sent} == {"plain", "offer", "soft"}


async def test_without_a_word_it_is_held_and_only_that(office: Approving) -> None:
    await office.at(10)
    said = await office.at(12)
    assert await office.states("offer") == {"e1": "held", "e2": "held"}
    assert await office.states("plain") == {"e1": "sent", "e2": "sent"}
    assert "waits for your word" not in said
    await office.type("#1 1")
    assert await office.states("offer") == {"e1": "planned", "e2": "planned"}
    await office.turn()
    assert await office.states("offer") == {"e1": "sent", "e2": "sent"}
    assert await office.states("soft") == {"e1": "sent", "e2": "sent"}


@pytest.mark.parametrize(("digit", "state"), [("1", "sent"), ("2", "skipped")])
async def test_a_word_that_comes_while_it_is_being_held_counts(office: Approving, digit: str, state: str) -> None:
    await office.at(10)
    assert office.app
    office.clock.set(MORNING + timedelta(hours=4))
    now, ledger = office.clock.now(), office.app.ledger
    owner, _notices = await ledger.acquire("main", "test", now)
    found = [one for one in await ledger.candidates(owner, now, 100) if one.step == "plain"]
    for one in found:  # the step before is out of the way
        assert await ledger.divert(one, Drop(reason="late"), owner, now)
    due = [one for one in await ledger.candidates(owner, now, 100) if one.step == "offer"]
    verdicts = [await office.app.dispatcher._guards.check(Draft(candidate=one, now=now)) for one in due]
    await office.type(f"#1 {digit}")
    for one, verdict in zip(due, verdicts, strict=True):
        assert isinstance(verdict, Ask)
        assert await ledger.divert(one, verdict, owner, now)
    await office.turn()
    assert await office.states("offer") == {"e1": state, "e2": state}
    assert "waits for your word" not in "".join(await office.said())


async def test_what_is_rejected_is_left_out_at_once_or_at_its_time(office: Approving) -> None:
    await office.at(10)
    assert "Rejected: offer" in await office.type("2")
    await office.at(12)
    assert await office.states("offer") == {"e1": "skipped", "e2": "skipped"}


async def test_what_was_edited_since_is_asked_about_again(office: Approving) -> None:
    await office.at(10)
    await office.type("1")
    (office.folder / "sops" / "poster.png").write_bytes(b"another picture")
    assert "#2 To approve" in await office.at(10, 5)
    assert "/步骤 改话术" in await office.type("#2 3")
    await office.at(12)
    assert await office.states("offer") == {"e1": "held", "e2": "held"}
    await office.type("#2 1")
    await office.turn()
    assert await office.states("offer") == {"e1": "sent", "e2": "sent"}


async def test_words_that_are_changed_while_it_is_held_are_asked_about_and_then_posted(office: Approving) -> None:
    await office.at(10)
    await office.at(12)
    line = (await office.type("#1 3")).splitlines()[-1]
    await office.confirmed(f"{line} Another offer")
    said = await office.at(12, 1)
    assert "#3 To approve" in said
    assert "Another offer" in said
    await office.type("#3 1")
    await office.turn()
    assert await office.states("offer") == {"e1": "sent", "e2": "sent"}


async def test_an_approval_passes_no_other_guard_and_no_other_word_passes_it(office: Approving) -> None:
    await office.at(10)
    await office.type("1")
    office.wary.is_against = True
    said = await office.at(12)
    assert await office.states("offer") == {"e1": "held", "e2": "held"}
    assert "offer waits for your word" in said


async def test_a_word_for_posting_all_the_same_is_no_approval(office: Approving) -> None:
    await office.at(12)
    (row,) = [one for one in await office.app.campaigns.deliveries(CAMP) if (one.step, one.group) == ("offer", "e1")]
    await office.type(f"/投递 结案 {CAMP}/{row.key} 补发")
    await office.turn()
    assert await office.states("offer") == {"e1": "held", "e2": "held"}


async def test_a_resend_of_what_nobody_approved_is_refused(office: Approving) -> None:
    await office.at(10)
    await office.type("2")
    await office.at(12)
    _asked, said = await office.confirmed(f"/步骤 补发 {CAMP} offer e1")
    assert "Nobody has approved offer" in said
