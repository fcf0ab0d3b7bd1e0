"""The evening's report is made of what is under way, once a day, and no more once it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from groupbot.admin.places import Places
from groupbot.admin.report_book import WrittenReport
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.chat.directory import Directory, Group
from groupbot.desk.evening import EveningReports
from groupbot.settings import Settings
from groupbot.testing import FakeClock

EVENING = datetime(2026, 5, 18, 13, 30, tzinfo=UTC)
"""21:30 in Shanghai."""


class Reports:
    async def write(self, ask):
        return WrittenReport(campaign=ask.campaign, text=f"{ask.campaign} {ask.day}")


class Running:
    async def list(self):
        more = {"sop": "s", "title": "S", "version": "v", "timezone": "Asia/Shanghai", "created_at": EVENING}
        return [Campaign(id="camp", start=EVENING.date(), state=CampaignState.RUNNING, **more)]


class Said(list):
    async def say(self, _place, text, *_pieces, files=()):
        self.append(text)
        return True


def evening(clock, said, ends):
    async def last_due(_campaign):
        return ends

    directory = Directory([Group(name="ops", account="main", ids={"main": "r"})])
    return EveningReports(
        reports=Reports(),
        campaigns=Running(),
        saying=said,
        places=Places(directory, admin=["ops"], squads=()),
        settings=Settings,
        last_due=last_due,
        clock=clock,
    )


async def test_it_comes_once_at_its_time():
    clock, said = FakeClock(EVENING - timedelta(minutes=1)), Said()
    made = evening(clock, said, EVENING)
    await made.look()
    assert said == []
    clock.advance(60)
    await made.look()
    await made.look()
    assert said == ["camp 2026-05-18"]


async def test_what_was_over_the_day_before_yesterday_is_reported_no_more():
    said = Said()
    await evening(FakeClock(EVENING), said, EVENING - timedelta(hours=23)).look()
    assert said == ["camp 2026-05-18"]
    await evening(FakeClock(EVENING), said, EVENING - timedelta(days=2)).look()
    await evening(FakeClock(EVENING), said, None).look()
    assert said == ["camp 2026-05-18"]
