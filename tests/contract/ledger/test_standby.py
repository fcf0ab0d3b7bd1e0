"""Another account or a person for what an account can't post: nothing doubled, nothing out of order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from groupbot.campaign.standby import BY_HAND, person_task
from groupbot.core.policies import Policies, UnknownThen
from groupbot.delivery.values import Candidate, Drop, Lost, Retry, Sent, Settlement, State
from tests.contract.ledger.conftest import Kit, at, delivery


async def both(kit: Kit) -> None:
    await kit.own("main")
    await kit.own("spare")


async def move(kit: Kit, rows: Sequence[Candidate], to: str = "spare") -> int:
    return len(await kit.standby.move(kit.owners["main"], to, rows))


async def waiting(kit: Kit, minutes: float = 0, account: str = "main") -> Sequence[Candidate]:
    return await kit.standby.waiting(account, at(minutes), 100)


async def test_the_standby_posts_what_moved_and_the_account_does_not(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 30))
    await both(kit)
    rows = await waiting(kit, 10)
    assert [row.step for row in rows] == ["s1"]
    assert await move(kit, rows) == 1
    assert await kit.due(at(0), "main") == []
    [candidate] = await kit.due(at(0), "spare")
    assert await kit.send(candidate, at(0))
    assert ((await kit.view()).state, (await kit.view()).account) == (State.SENT, "spare")
    assert await kit.standby.away("main") == 0


async def test_what_was_read_before_the_move_can_neither_be_claimed_nor_diverted(kit: Kit) -> None:
    await kit.launch(delivery())
    await both(kit)
    [read] = await kit.due(at(0))
    assert await move(kit, [read]) == 1
    assert await kit.begin(read, at(0)) is None
    assert not await kit.ledger.divert(read, Drop(reason="late"), kit.owners["main"], at(0))
    assert await kit.state() is State.PLANNED


async def test_a_part_under_way_and_an_unknown_one_stay_with_their_account(kit: Kit) -> None:
    await kit.launch(delivery())
    await both(kit)
    [read] = await kit.due(at(0))
    token = await kit.begin(read, at(0))
    assert token is not None
    assert await waiting(kit) == []
    assert await move(kit, [read]) == 0
    assert await kit.ledger.finish(token, read.id, Lost(error="no answer"), at(0))
    assert await move(kit, [read]) == 0
    assert await kit.ledger.finish(token, read.id, Sent(message_id="m"), at(1))
    assert ((await kit.view()).state, (await kit.view()).account) == (State.SENT, "main")


async def test_the_parts_that_are_left_move_and_keep_the_group_to_themselves(kit: Kit) -> None:
    await kit.launch(delivery(campaign="a", words=("a1", "a2")), campaign="a")
    await kit.launch(delivery("t", campaign="b", account="spare"), campaign="b")
    await both(kit)
    assert await kit.send((await kit.due(at(0)))[0], at(0))
    assert await move(kit, await waiting(kit, 1)) == 1
    [second] = await kit.due(at(0.5), "spare")
    assert (second.campaign, second.part.content.text) == ("a", "a2")
    assert await kit.send(second, at(0.5))
    assert await kit.steps_due(at(0.5), "spare") == ["t"]
    assert len(await kit.ledger.posted_since("main", at(0))) == 1
    assert len(await kit.ledger.posted_since("spare", at(0))) == 1


async def test_a_later_step_of_the_standby_waits_for_the_one_that_moved(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1, account="spare"))
    await both(kit)
    assert await move(kit, await waiting(kit)) == 1
    assert await kit.steps_due(at(5), "spare") == ["s1"]


async def test_what_is_sure_not_to_be_posted_moves_even_after_a_try(kit: Kit) -> None:
    await kit.launch(delivery())
    await both(kit)
    [read] = await kit.due(at(0))
    token = await kit.begin(read, at(0))
    assert token is not None
    assert await kit.ledger.finish(token, read.id, Retry(not_before=at(1), error="limit"), at(0))
    assert await move(kit, await waiting(kit, 1)) == 1
    assert await kit.ledger.finish(token, read.id, Sent(message_id="late"), at(1)) is False
    assert await kit.steps_due(at(1), "spare") == ["s1"]


async def test_only_the_owner_of_the_account_moves_what_is_its_own(kit: Kit) -> None:
    await kit.launch(delivery())
    await both(kit)
    rows = await waiting(kit)
    stale = kit.owners["main"]
    await kit.own("main", "another")
    assert await kit.standby.move(stale, "spare", rows) == frozenset()
    assert await kit.standby.move(kit.owners["spare"], "spare", rows) == frozenset()
    assert not await kit.standby.to_person(stale, rows[0], person_task(rows[0], "away"), at(0))
    assert await move(kit, rows) == 1


async def test_nothing_moves_to_an_account_that_is_paused_or_unknown(kit: Kit) -> None:
    await kit.launch(delivery())
    await both(kit)
    rows = await waiting(kit)
    assert await move(kit, rows, "nobody") == 0
    await kit.pause("spare")
    assert await move(kit, rows) == 0


async def test_an_edit_between_reading_and_moving_wins(kit: Kit) -> None:
    await kit.launch(delivery())
    await both(kit)
    rows = await waiting(kit)
    await kit.launch(delivery(words=("other",)))
    assert await move(kit, rows) == 0
    assert await move(kit, await waiting(kit)) == 1
    await kit.launch(delivery(words=("third",)))  # an edit says anew who posts
    assert (await kit.view()).account == "main"
    assert await kit.standby.away("main") == 0


async def test_a_members_talk_and_what_an_account_does_for_itself_stay(kit: Kit) -> None:
    await kit.launch(delivery(member="wx_1"))
    await both(kit)
    assert await waiting(kit, 60) == []
    assert await move(kit, await kit.due(at(0))) == 0


async def test_a_person_brings_back_what_is_not_begun(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1), delivery("s3", 2))
    await both(kit)
    assert await move(kit, await waiting(kit, 5)) == 3
    assert await kit.send((await kit.due(at(5), "spare"))[0], at(5))
    token = await kit.begin((await kit.due(at(5), "spare"))[0], at(5))
    assert token is not None
    assert await kit.standby.away("main") == 1
    assert await kit.standby.give_back("main") == 1
    assert [(await kit.view(step)).account for step in ("s1", "s2", "s3")] == ["spare", "spare", "main"]
    assert await kit.standby.give_back("main") == 0


async def test_ticking_the_task_off_makes_all_of_the_delivery_sent(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two", "three")), delivery("s2", 20))
    await both(kit)
    assert await kit.send((await kit.due(at(0)))[0], at(0))
    [row] = await waiting(kit, 1)
    task = person_task(row, "main is away")
    assert [part.content.text for part in task.parts] == ["two", "three"]
    assert await kit.standby.to_person(kit.owners["main"], row, task, at(1))
    assert not await kit.standby.to_person(kit.owners["main"], row, task, at(1))
    assert await kit.state() is State.HELD
    assert await kit.due(at(2)) == []
    assert await kit.standby.close_tasks() == 0
    assert await kit.people.complete("camp", task.key, by="Ann", at=at(3))
    view = await kit.view()
    assert (view.state, view.part, view.sent_at) == (State.SENT, 3, at(3))
    assert await kit.steps_due(at(20)) == ["s2"]


async def test_what_was_posted_by_hand_after_its_time_is_sent_all_the_same(kit: Kit) -> None:
    await kit.launch(delivery(policies=Policies(ask_timeout=timedelta(minutes=5))))
    await both(kit)
    [row] = await waiting(kit)
    assert await kit.standby.to_person(kit.owners["main"], row, person_task(row, "away"), at(0))
    await kit.ledger.expire("main", at(6))
    assert await kit.state() is State.SKIPPED
    assert await kit.standby.close_tasks() == 0
    assert await kit.people.complete("camp", BY_HAND + row.key, at=at(7))
    assert await kit.state() is State.SENT


async def test_a_task_goes_with_its_delivery_and_not_with_an_edit(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1))
    await both(kit)
    for row in await waiting(kit, 1):
        assert await kit.standby.to_person(kit.owners["main"], row, person_task(row, "away"), at(1))
    await kit.launch(delivery("s1"))
    states = {key: state for key, _text, state in await kit.tasks()}
    assert set(states.values()) == {"open"}
    assert await kit.standby.close_tasks() == 1
    key = "s1/2026-05-18.0/g1"
    assert await kit.ledger.settle("camp", key, Settlement.SKIP, at(2))
    assert await kit.standby.close_tasks() == 1
    assert not await kit.people.complete("camp", BY_HAND + key)
    assert await kit.state("s1") is State.SKIPPED


async def test_what_is_to_be_sent_again_moves_once_it_is_planned(kit: Kit) -> None:
    await kit.launch(delivery(policies=Policies(unknown=UnknownThen.RESEND)))
    await both(kit)
    [read] = await kit.due(at(0))
    token = await kit.begin(read, at(0))
    assert token is not None
    assert await kit.ledger.finish(token, read.id, Lost(error="no answer"), at(0))
    assert await waiting(kit, 5) == []
    await kit.ledger.expire("main", at(5))
    assert await move(kit, await waiting(kit, 5)) == 1
