"""Edits by chat: what must be chosen is asked first, and only what was shown is applied."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest

from groupbot import i18n
from groupbot.campaign.proposal import Counts, Edit, Proposal
from groupbot.campaign.values import Reconciled
from groupbot.sop.document import Sop
from groupbot.sop.load import load
from groupbot.sop.matching import Match, Question
from groupbot.sop.materials import Found
from groupbot.sop.merging import Conflict
from groupbot.sop.planned import Problem, Source

TEXT = b"name: camp\ntitle: Camp\nphases: [{name: a, steps: [{id: new, at: D1 09:00, text: Hi}]}]\n"


class NoFiles:
    def find(self, path: str) -> Found:
        return Found(path=path, size=1, digest="")

    def keep(self, name: str, data: bytes) -> None:
        raise AssertionError(name)


@pytest.fixture(autouse=True)
def _english():
    i18n.use("en")
    yield
    i18n.use("zh")


@pytest.fixture
def sop() -> Sop:
    return load(TEXT, file="camp.yaml", files=NoFiles())


def ready(sop, *moved, groups=("camp-1",), **more):
    """Return a proposal that can be applied."""
    counts = Counts(moved=frozenset(moved))
    edit = Edit(campaign="camp", sop=sop)
    return Proposal(edit=edit, follows=3, counts=counts, groups=groups, examined=SimpleNamespace(), **more)


@dataclass
class Desk:
    """Proposes what a test gives it."""

    proposal: Proposal
    asked: list = field(default_factory=list)
    applied: int = 0

    async def edit(self, ask, file, *, answers, take):
        self.asked.append((ask.campaign, str(file), dict(answers), dict(take)))
        return self.proposal

    async def skip(self, ask, step):
        self.asked.append((ask.campaign, step, ask.force_locked))
        return self.proposal

    async def apply(self, proposal):
        self.applied += 1
        return SimpleNamespace(proposal=proposal, done=Reconciled(moved=len(proposal.counts.moved)))


def confirm(chat, digits="7777"):
    chat.room.runner.confirming._draw = lambda: digits


async def test_a_change_is_counted_confirmed_and_applied(chat, sop):
    chat.desk = Desk(ready(sop, "a", "b", groups=("camp-1", "camp-2")))
    confirm(chat)
    asked = await chat.type("/步骤 跳过 强制=是 camp quiz")
    assert "2 groups: 0 deliveries new, 2 changed, 0 taken out" in asked
    assert chat.desk.applied == 0
    assert "camp is changed: 0 new, 2 changed" in await chat.type("7777")
    assert chat.desk.applied == 1
    assert set(chat.desk.asked) == {("camp", "quiz", True)}


@pytest.mark.parametrize("change", [{"counts": Counts(moved=frozenset({"a", "c"}))}, {"follows": 4}])
async def test_what_has_become_more_or_follows_another_version_is_refused(chat, sop, change):
    chat.desk = Desk(ready(sop, "a"))
    confirm(chat)
    await chat.type("/步骤 跳过 camp quiz")
    chat.desk.proposal = replace(chat.desk.proposal, **change)
    assert "more than you were shown" in await chat.type("7777")
    assert chat.desk.applied == 0


async def test_a_file_that_was_saved_again_since_it_was_shown_is_not_applied(chat, sop):
    shown = ready(sop, "a")
    chat.desk = Desk(replace(shown, edit=replace(shown.edit, source="sops/camp.yaml")))
    confirm(chat)
    await chat.type("/活动 修改 camp camp.yaml")
    other = replace(chat.desk.proposal.edit, sop=load(TEXT.replace(b"Hi", b"Ho"), file="camp.yaml", files=NoFiles()))
    chat.desk.proposal = replace(chat.desk.proposal, edit=other)
    assert "more than you were shown" in await chat.type("7777")
    assert chat.desk.applied == 0


async def test_an_error_and_an_edit_without_effect_ask_for_no_digits(chat, sop):
    wrong = Problem(level="error", code="x", message="No such day.", hint="Write D2.", where=Source(file="f", line=3))
    chat.desk = Desk(replace(ready(sop), problems=(wrong,)))
    assert await chat.type("/步骤 跳过 camp quiz") == "3: No such day.\nWrite D2."
    chat.desk = Desk(ready(sop))
    assert "Nothing changes" in await chat.type("/步骤 跳过 camp quiz")


async def test_questions_and_conflicts_are_chosen_by_their_digit(chat, sop):
    question = Question(new="new", candidates=(Match(new="new", old="hello", certainty=0.55),))
    conflict = Conflict(place="quiz", facet="time", mine={"at": "D1"}, theirs=None)
    chat.desk = Desk(replace(ready(sop, "a"), questions=(question,), conflicts=(conflict,)))
    asked = await chat.type("/活动 修改 camp camp.yaml")
    assert "Which step is this?" in asked
    assert "1 hello (55%)" in asked
    assert "2 a new step" in asked
    assert "Reply" not in asked

    chat.desk.proposal = replace(chat.desk.proposal, questions=())
    asked = await chat.type("1")
    assert "quiz was changed on both sides" in asked
    assert "1 As it runs: at: D1" in asked
    assert "2 As in the file: (removed)" in asked

    chat.desk.proposal = replace(chat.desk.proposal, conflicts=())
    assert "Reply" in await chat.type("2")
    assert chat.desk.asked[-1] == ("camp", "camp.yaml", {"new": "hello"}, {"quiz": "file"})
    assert chat.desk.applied == 0
