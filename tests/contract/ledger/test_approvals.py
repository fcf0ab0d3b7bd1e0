"""What every store promises about approvals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from groupbot.campaign.approvals import Decided, Decision, Moment
from groupbot.campaign.values import CampaignState
from groupbot.core.policies import Approval, LateThen, Policies
from groupbot.delivery.values import Ask, State

from .conftest import T0, Kit, at, delivery

ASKED = Policies(approval=Approval(ahead=timedelta(hours=1)))
OFFER = Moment(campaign="camp", step="offer", occurrence="2026-05-18.0")


def said(digest: str, decision: Decision = Decision.APPROVED, by: str = "Opal") -> Decided:
    return Decided(moment=OFFER, digest=digest, decision=decision, by=by, at=T0)


async def found(kit: Kit, minutes: float) -> list[tuple[str, str, str]]:
    return [(row.step, row.group, row.state.value) for row in await kit.approvals.waiting(at(minutes))]


async def test_decisions_are_kept_by_content_and_the_last_counts(kit: Kit) -> None:
    assert await kit.approvals.decided(OFFER) == {}
    await kit.approvals.decide([said("a"), said("b")])
    await kit.approvals.decide([said("b", Decision.REJECTED, "Olga")])
    assert await kit.approvals.decided(OFFER) == {"a": said("a"), "b": said("b", Decision.REJECTED, "Olga")}
    assert await kit.approvals.decided(replace(OFFER, occurrence="2026-05-19.0")) == {}


async def test_what_comes_near_waits_with_all_of_its_moment(kit: Kit) -> None:
    first = delivery("offer", 120, policies=ASKED)
    second = delivery("offer", 150, group="g2", policies=ASKED)
    await kit.launch(first, second, delivery("plain", 60), groups=("g1", "g2"))
    assert await found(kit, 59) == []
    assert await found(kit, 60) == [("offer", "g1", "planned"), ("offer", "g2", "planned")]
    (row, _other) = await kit.approvals.waiting(at(60))
    assert (row.moment, row.parts, row.approval) == (OFFER, first.parts, ASKED.approval)
    await kit.campaigns.set_state("camp", CampaignState.PAUSED)
    assert len(await found(kit, 60)) == 2
    await kit.campaigns.set_state("camp", CampaignState.CANCELLED)
    assert await found(kit, 60) == []


async def test_what_is_held_is_planned_again_with_its_grace_from_then_on_and_asked_by_guards(kit: Kit) -> None:
    await kit.launch(delivery("offer", 0, policies=replace(ASKED, late=LateThen.SKIP)))
    owner = await kit.own()
    (candidate,) = await kit.due(at(0))
    await kit.ledger.divert(candidate, Ask(reason="nobody"), owner, at(0))
    assert await found(kit, 1) == [("offer", "g1", "held")]
    rows = await kit.approvals.waiting(at(20))
    assert await kit.approvals.release(rows, at(20)) == 1
    assert await kit.approvals.release(rows, at(20)) == 0
    assert await kit.state("offer") is State.PLANNED
    (again,) = await kit.due(at(20))
    assert (again.approved, again.late_at) == (False, at(50))
    assert await kit.begin(again, at(20))
    assert await found(kit, 20) == []
