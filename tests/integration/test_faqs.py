"""What a campaign's FAQ answers: with its blanks filled in, where and as long as it runs, as it was edited last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groupbot.campaign.values import CampaignState
from groupbot.desk.answering import FRESH, SopFaqs
from groupbot.testing import FakeClock
from tests.integration.editing_desk import TEXT, Desk, opened

ASKED = TEXT + (
    "replies:\n"
    '  - {keywords: [报名, 怎么参加], text: "{{ group }}: {{ who }}"}\n'
    '  - {keywords: [几点], text: "{{ event_time }}"}\n'
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_a_faq_is_answered_while_its_campaign_runs(desk: Desk) -> None:
    clock = FakeClock()
    editor = desk.editor
    faqs = SopFaqs(campaigns=editor.campaigns, versions=editor.versions, directory=editor.directory, clock=clock)

    async def answered(group: str) -> list[str]:
        clock.advance(FRESH.total_seconds())
        return [faq.text for faq in await faqs.of_group(group)]

    await desk.launch(desk.sop(text=ASKED))
    assert await answered("g1") == ["g1: friends"]  # the second needs an event's time, and there is no event
    assert await answered("g2") == ["g2: friends"]
    assert await answered("g3") == []
    (faq,) = await faqs.of_group("g1")
    assert (faq.campaign, faq.number, faq.keywords) == ("camp", 1, ("报名", "怎么参加"))
    await desk.edit(desk.sop(("{{ group }}: {{ who }}", "new words"), text=ASKED))
    assert await answered("g1") == ["new words"]
    await editor.campaigns.set_state("camp", CampaignState.PAUSED)
    assert [one.text for one in await faqs.of_group("g1")] == ["new words"]
    assert await answered("g1") == []
    await editor.campaigns.set_state("camp", CampaignState.RUNNING)
    assert await answered("g1") == ["new words"]
