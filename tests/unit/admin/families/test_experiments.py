"""/实验 over experiments in memory."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from groupbot.errors import CampaignError
from groupbot.tracking.experiments.compared import Analysis, Verdict
from groupbot.tracking.experiments.design import Design, Unit
from groupbot.tracking.experiments.record import Experiment, Look, Progress, State

DESIGN = Design(
    name="words",
    campaign="camp-1",
    unit=Unit.GROUP,
    variants=("now", "short"),
    source="joined",
    target="paid",
    base=0.2,
    effect=0.1,
    members=100,
    size=6,
    until=date(2026, 6, 30),
)


class Book:
    def __init__(self):
        self.kept = Experiment(design=DESIGN, state=State.RUNNING)

    async def list(self, campaign=None):
        return [self.kept] if campaign in {None, "camp-1"} else []

    async def look(self, name):
        if name != "words":
            raise CampaignError(f"none called {name}")
        return Look(
            experiment=self.kept,
            progress=Progress(units=5, planned=12, last=DESIGN.until, is_over=False),
            analysis=Analysis(verdict=Verdict.NOT_YET, arms=()),
            lines=("Not yet.",),
            astray=("camp-2",),
        )

    async def end(self, name):
        self.kept = replace(self.kept, state=State.ENDED)
        return await self.look(name)


@pytest.fixture
def book(chat):
    made = Book()
    object.__setattr__(chat.room.services, "experiments", made)
    return made


async def test_experiments_are_listed_and_looked_at_by_digit(chat, book):
    told = await chat.type("/实验 列表")
    assert "words · camp-1 · now / short · running · until 06-30" in told
    assert await chat.type("/实验 列表 other") == "There is no experiment."
    assert "Not yet." in await chat.type("/实验 看 words")
    assert "another tag than their variant's: camp-2" in await chat.type("/experiment show words")
    assert "none called tea" in await chat.type("/实验 看 tea")


async def test_ending_one_early_is_asked_back_and_audited(chat, book):
    asked = await chat.type("/实验 结束 words")
    assert "Ends words for good (5 of 12 groups, until 2026-06-30). Its end is not reached" in asked
    assert book.kept.state is State.RUNNING
    assert "words · ended" in await chat.type(re.search(r"Reply (\d{4})", asked)[1])
    assert book.kept.state is State.ENDED
    assert any(action.startswith("实验 结束") for _who, action, _result in chat.audited)


async def test_who_runs_a_squad_only_is_refused(chat, book):
    assert "no right" in await chat.type("/实验 列表", by="u-leader", group="g-east")
