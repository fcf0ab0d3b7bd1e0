"""Lateness is fixed when a part is planned: no detour renews it, and what is late keeps nobody else waiting."""

from __future__ import annotations

from datetime import timedelta

from groupbot.campaign.values import CampaignState, NewTask, Reconciled
from groupbot.core.policies import LateThen, Policies, UnknownThen
from groupbot.delivery.echo import ECHO_WAIT
from groupbot.delivery.values import Ask, Drop, Lost, Refused, Retry, Sent, Settlement, State
from tests.contract.ledger.conftest import T0, Kit, at, delivery

SHORT = Policies(grace=timedelta(minutes=10))
EVER = Policies(late=LateThen.SEND)


async def test_an_account_that_is_down_keeps_the_others_waiting_only_until_its_step_is_late(kit: Kit) -> None:
    await kit.launch(delivery("s1", 0, account="host", policies=SHORT), delivery("s2", 1, account="assistant"))
    await kit.own("assistant")
    assert await kit.steps_due(at(10), "assistant") == []
    assert await kit.steps_due(at(10.1), "assistant") == ["s2"]


async def test_a_step_that_is_never_late_keeps_its_place(kit: Kit) -> None:
    await kit.launch(delivery("s1", 0, account="host", policies=EVER), delivery("s2", 1, account="assistant"))
    await kit.own("assistant")
    assert await kit.steps_due(at(600), "assistant") == []


async def test_what_is_late_is_found_whatever_keeps_it_back(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(delivery("s1", policies=SHORT), delivery("s2", 1, policies=EVER))
    assert await kit.ledger.overdue(owner, at(10), 9) == []
    assert [c.step for c in await kit.ledger.overdue(owner, at(11), 9)] == ["s1"]
    await kit.campaigns.set_state("camp", CampaignState.PAUSED)
    assert await kit.ledger.overdue(owner, at(11), 9) == []


async def test_a_later_part_is_late_by_its_own_time_and_no_retry_renews_it(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two")))
    await kit.own()
    [first] = await kit.due(at(0))
    token = await kit.begin(first, at(0))
    await kit.ledger.finish(token, first.id, Sent(message_id="m", next_at=at(1), late_at=at(11)), at(0))
    [second] = await kit.due(at(1))
    assert second.late_at == at(11)
    token = await kit.begin(second, at(1))
    await kit.ledger.finish(token, second.id, Retry(not_before=at(9), error="busy"), at(1))
    assert [c.late_at for c in await kit.due(at(9))] == [at(11)]


async def test_a_fact_about_one_part_does_not_excuse_the_next(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two"), gap_s=60, policies=SHORT))
    await kit.own()
    [first] = await kit.due(at(0))
    token = await kit.begin(first, at(0))
    await kit.ledger.finish(token, first.id, Lost(error="gone"), at(0))
    await kit.ledger.settle("camp", first.key, Settlement.SENT, at(600))
    [second] = await kit.due(at(600))
    assert (second.late_at, second.approved) == (at(11), False)


async def test_an_edit_reaches_a_held_step(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(delivery(words=("old",)))
    [candidate] = await kit.due(at(0))
    await kit.ledger.divert(candidate, Ask(reason="guard"), owner, at(0))
    assert await kit.launch(delivery(words=("new",))) == Reconciled(moved=1)
    await kit.ledger.settle("camp", candidate.key, Settlement.RESEND, at(1))
    assert [c.part.content.text for c in await kit.due(at(1))] == ["new"]


async def test_a_step_taken_out_while_it_was_tried_is_not_tried_again(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 5))
    await kit.own()
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    await kit.launch(delivery("s2", 5))
    await kit.ledger.finish(token, candidate.id, Retry(not_before=at(1), error="busy"), at(0))
    assert await kit.state("s1") is State.CANCELLED


async def test_a_step_that_stays_in_the_sop_is_tried_again_after_an_edit(kit: Kit) -> None:
    resend = Policies(unknown=UnknownThen.RESEND)
    await kit.launch(delivery("s1", policies=resend), delivery("s2", 5))
    await kit.own()
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    await kit.launch(delivery("s1", policies=resend), delivery("s2", 6))
    await kit.ledger.finish(token, candidate.id, Lost(error="gone"), at(0))
    await kit.ledger.expire("main", T0 + ECHO_WAIT)
    assert await kit.state("s1") is State.PLANNED


async def test_a_failed_delivery_can_be_sent_once_its_cause_is_mended(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    await kit.ledger.finish(token, candidate.id, Refused(error="no such file"), at(0))
    assert await kit.ledger.settle("camp", candidate.key, Settlement.RESEND, at(60))
    assert await kit.steps_due(at(60)) == ["s1"]


async def test_tasks_become_what_the_sop_says_now(kit: Kit) -> None:
    def task(key: str, text: str) -> NewTask:
        return NewTask(campaign="camp", key=key, step=key, text=text, due=at(60))

    await kit.launch(delivery(), tasks=[task("a", "old"), task("b", "gone")])
    await kit.launch(delivery(), tasks=[task("a", "new"), task("c", "come")])
    assert {key: (text, state) for key, text, state in await kit.tasks()} == {
        "a": ("new", "open"),
        "b": ("gone", "cancelled"),
        "c": ("come", "open"),
    }


async def test_one_look_tells_what_the_single_questions_tell(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(
        delivery("s1", policies=SHORT),
        delivery("s2", 20, policies=EVER),
        delivery("s3", 30, group="g2"),
        groups=("g1", "g2"),
    )
    for now in (at(0), at(11), at(30)):
        look = await kit.ledger.look(owner, now, 9)
        assert look.overdue == await kit.ledger.overdue(owner, now, 9)
        assert look.candidates == await kit.ledger.candidates(owner, now, 9)
        assert look.next == await kit.ledger.next_look("main", now)
        assert not look.over


async def test_a_look_says_when_a_block_is_over(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(delivery("s1", policies=SHORT))
    [candidate] = await kit.due(at(0))
    await kit.ledger.divert(candidate, Ask(reason="?"), owner, at(0))
    over = (await kit.ledger.look(owner, at(0), 9)).next
    assert over is not None
    assert not (await kit.ledger.look(owner, at(0), 9)).over
    assert (await kit.ledger.look(owner, over, 9)).over
    await kit.ledger.expire("main", over)
    assert not (await kit.ledger.look(owner, over, 9)).over


async def test_a_crowd_of_what_is_late_is_seen_to_before_anything_is_judged_beside_it(kit: Kit) -> None:
    owner = await kit.own()
    crowd = [delivery(f"s{number}", policies=SHORT, ordinal=number) for number in range(5)]
    await kit.launch(*crowd, delivery("now", 20, group="g2"), groups=("g1", "g2"))
    seen = []
    while (look := await kit.ledger.look(owner, at(20), 3)).overdue:
        seen.append((len(look.overdue), [candidate.step for candidate in look.candidates if candidate.group == "g2"]))
        for candidate in look.overdue:
            assert await kit.ledger.divert(candidate, Drop(reason="late"), owner, at(20))
    assert seen == [(3, []), (2, ["now"])]
    assert [candidate.step for candidate in look.candidates] == ["now"]
