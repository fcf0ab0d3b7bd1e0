"""The checklist of a campaign by chat, over the real desk and SQLite: shown, told, signed off, waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groupbot import i18n
from groupbot.app import build
from groupbot.campaign.checklist import SignOffGuard
from groupbot.campaign.values import CampaignState
from groupbot.core.verdicts import ALLOW, Defer
from groupbot.delivery.ports import Draft
from groupbot.errors import StoreError
from groupbot.settings import load
from groupbot.storage.approvals import SqlApprovals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.tables import metadata
from groupbot.testing import FakeAdapter, FakeClock
from tests.integration.test_chat_campaigns import CAMP, CONFIG, GROUP, GROUPS, MORNING, Office

SOP = """\
name: camp
title: Camp
materials:
  poster: {path: poster.png, status: making, maker: Ann}
phases:
  - name: run
    steps:
      - {id: hello, at: D1 09:00, text: Good morning}
      - {id: quiz, at: D1 20:00, text: "Who are you?", approval: true}
      - {id: call, at: D1 21:00, task: Call them}
      - {id: poster, at: D2 20:00, image: poster}
"""


async def locked(*_asked: object) -> None:
    raise StoreError("locked")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    i18n.use("en")
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops" / "camp.yaml").write_text(SOP, "utf-8")
    blocks = "".join(GROUP.format(name=name, squad=squad) for name, squad in GROUPS.items())
    config = CONFIG.replace('groups = ["ops"]', 'groups = ["ops"]\nrequire_checklist = true')
    (tmp_path / "config.toml").write_text(config + blocks, "utf-8")
    clock = FakeClock(MORNING)
    app = build(
        load(tmp_path / "config.toml"), adapters={"main": FakeAdapter(account="main", clock=clock)}, clock=clock
    )
    async with app.database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    try:
        yield Office(room=app.room, database=app.database, folder=tmp_path, clock=clock)
    finally:
        await app.database.close()
        i18n.use("zh")


async def test_a_launch_waits_for_the_signature_and_shows_what_lacks(office: Office) -> None:
    _asked, said = await office.confirmed("/活动 启动 camp 5月18日 e1 e2")
    assert "✗ materials: poster (1)" in said
    assert "✗ a second account in each group: e1, e2 (2)" in said
    assert "✗ accounts and their rights: main was not seen in e1" in said
    assert "✗ leaders told: 东区 (1)" in said
    assert "✗ approvals: quiz (1)" in said
    assert "✗ tasks have somebody: #" in said
    assert "waits to be signed off" in said
    campaigns = SqlCampaigns(office.database)
    assert (await campaigns.get(CAMP)).state is CampaignState.PAUSED  # type: ignore[union-attr]
    assert "checklist" in (await office.confirmed(f"/活动 恢复 {CAMP}"))[1]

    # Whoever starts it all the same: nothing goes out.
    guard = SignOffGuard(campaigns, SqlApprovals(office.database))
    await campaigns.set_state(CAMP, CampaignState.RUNNING)
    ledger = SqlLedger(office.database)
    owner, _notices = await ledger.acquire("main", "test", office.clock.now())
    office.clock.advance(3_600)
    (first, *_more) = [one for one in await ledger.candidates(owner, office.clock.now(), 9) if one.campaign == CAMP]
    assert isinstance(await guard.check(Draft(candidate=first, now=office.clock.now())), Defer)
    await campaigns.set_state(CAMP, CampaignState.PAUSED)

    asked, said = await office.confirmed(f"/活动 签字 {CAMP}")
    assert "✗ materials: poster" in asked
    assert f"{CAMP} begins" in said
    assert (await campaigns.get(CAMP)).state is CampaignState.RUNNING  # type: ignore[union-attr]
    assert await guard.check(Draft(candidate=first, now=office.clock.now())) == ALLOW
    assert "Opal has signed it off already" in await office.type(f"/活动 签字 {CAMP}")
    assert "Signed off by Opal" in await office.type(f"/活动 清单 {CAMP}")


async def test_a_signature_that_fails_half_way_can_be_given_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.confirmed("/活动 启动 camp 5月18日 e1")
    for owner, name in ((SqlCampaigns, "set_state"), (SqlApprovals, "decide")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, locked)
            assert "locked" in (await office.confirmed(f"/活动 签字 {CAMP}"))[1]
    assert f"{CAMP} begins" in (await office.confirmed(f"/活动 签字 {CAMP}"))[1]
    assert (await SqlCampaigns(office.database).get(CAMP)).state is CampaignState.RUNNING  # type: ignore[union-attr]


async def test_leaders_are_told_where_they_are_and_answer(office: Office) -> None:
    await office.confirmed("/活动 启动 camp 5月18日 e1 w1")
    said = await office.type(f"/活动 通知 {CAMP}")
    assert "Told: 东区" in said
    assert "Nobody to tell in: 西区" in said
    assert f"{CAMP} Camp runs in e1" in said
    assert "东区, 西区 (2)" in await office.type(f"/活动 清单 {CAMP}")
    assert "Noted: 东区 knows" in await office.type("#1 1", by="u-lena", group="east-ops")
    assert "✗ leaders told: 西区 (1)" in await office.type(f"/活动 清单 {CAMP}")
    await office.type(f"/活动 清单 {CAMP}", by="u-lena", group="east-ops")


async def test_what_is_mended_is_no_longer_on_the_list(office: Office) -> None:
    (office.folder / "sops" / "poster.png").write_bytes(b"picture")
    (office.folder / "sops" / "camp.yaml").write_text(SOP.replace("status: making", "status: done"), "utf-8")
    await office.confirmed("/活动 启动 camp 5月18日 e1")
    assert "✓ materials" in await office.type(f"/活动 清单 {CAMP}")
