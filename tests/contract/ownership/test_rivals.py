"""Several daemons at the same rows at the same moment, many times over."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from groupbot.campaign.values import Campaign
from groupbot.delivery.values import Candidate, Ownership, Sent
from groupbot.errors import StoreError
from groupbot.storage.campaigns import SqlCampaigns
from tests.contract.ledger.conftest import T0, delivery
from tests.contract.ownership.conftest import Rival

ROUNDS = 25
GROUPS = tuple(f"g{n}" for n in range(6))


async def launch(rival: Rival, campaign: str, account: str, *, groups: Sequence[str] = ("g1",), steps: int = 1) -> None:
    """Plan `steps` in each of `groups`, all due now."""
    record = Campaign(id=campaign, sop="x", title="", version="v", timezone="UTC", start=T0.date(), created_at=T0)
    rows = [
        delivery(f"s{n:03}", campaign=campaign, group=group, account=account, ordinal=n)
        for group in groups
        for n in range(steps)
    ]
    campaigns = SqlCampaigns(rival.database)
    version = await campaigns.open_draft(record)
    await campaigns.add_draft(campaign, version, rows)
    await campaigns.go_live(record, version, groups)


async def finish(rival: Rival, candidate: Candidate, token: str) -> bool:
    return await rival.ledger.finish(token, candidate.id, Sent(message_id=None), T0)


async def test_of_two_processes_that_claim_the_same_parts_one_gets_each(rivals):
    first, second, _third = rivals
    for n in range(ROUNDS):
        await launch(first, f"c{n}", "main", groups=GROUPS)
        owned = await first.take()
        candidates = await first.due(owned)
        assert len(candidates) == len(GROUPS)
        pairs = [(rival, candidate) for candidate in candidates for rival in (first, second)]
        tokens = await asyncio.gather(*(rival.begin(owned, candidate) for rival, candidate in pairs))
        won = [(rival, candidate, token) for (rival, candidate), token in zip(pairs, tokens, strict=True) if token]
        assert sorted(candidate.id for _rival, candidate, _token in won) == sorted(c.id for c in candidates)
        assert all(await asyncio.gather(*(finish(*one) for one in won)))


async def test_of_two_campaigns_in_one_group_on_two_accounts_one_begins(rivals):
    first, second, _third = rivals
    mine, theirs = await first.take("a"), await second.take("b")
    for n in range(ROUNDS):
        await launch(first, f"x{n}", "a")
        await launch(second, f"y{n}", "b")
        [one], [other] = await first.due(mine), await second.due(theirs)
        tokens = await asyncio.gather(first.begin(mine, one), second.begin(theirs, other))
        assert tokens.count(None) == 1
        winner, loser = ((first, one), (second, other)) if tokens[0] else ((second, other), (first, one))
        assert await finish(*winner, tokens[0] or tokens[1])
        token = await loser[0].begin({"a": mine, "b": theirs}[loser[1].account], loser[1])
        assert await finish(*loser, token)


async def test_a_claim_that_meets_a_new_owner_is_refused_or_known_to_it(rivals):
    first, second, _third = rivals
    for n in range(3 * ROUNDS):
        await launch(first, f"c{n}", "main")
        owned, _nothing = await first.ledger.acquire("main", "first", T0)
        [candidate] = await first.due(owned)
        token, (_heir, notices) = await asyncio.gather(
            first.begin(owned, candidate), second.ledger.acquire("main", "second", T0)
        )
        assert len(notices) == (1 if token else 0)
        if token:
            assert await finish(first, candidate, token)
        else:
            await SqlCampaigns(first.database).set_state(f"c{n}", "cancelled")


async def post_all(rival: Rival, owned: Ownership, begun: Counter[int], order: list[tuple[str, str, str]]) -> bool:
    """Claim everything due at once, then finish it at once, as lanes do that share a transaction."""
    candidates = await rival.due(owned)

    async def post(candidate: Candidate) -> bool:
        token = await rival.begin(owned, candidate)
        if token is None:
            return False
        begun[candidate.id] += 1
        order.append((candidate.campaign, candidate.group, candidate.step))
        return await finish(rival, candidate, token)

    return any(await asyncio.gather(*(post(candidate) for candidate in candidates)))


@pytest.mark.parametrize("edits", [0, 6])
async def test_two_daemons_post_to_the_same_groups_while_a_third_edits(rivals, edits):
    first, second, third = rivals
    steps = 8
    owned = {"x": (first, await first.take("a")), "y": (second, await second.take("b"))}
    for campaign, (rival, ownership) in owned.items():
        await launch(rival, campaign, ownership.account, groups=GROUPS, steps=steps)
    begun: Counter[int] = Counter()
    order: list[tuple[str, str, str]] = []

    async def work(campaign: str) -> None:
        rival, ownership = owned[campaign]
        async with asyncio.timeout(60):
            while len([one for one in order if one[0] == campaign]) < steps * len(GROUPS):
                await post_all(rival, ownership, begun, order)

    async def edit() -> None:
        for n in range(edits):
            campaign = ("x", "y")[n % 2]
            await launch(third, campaign, owned[campaign][1].account, groups=GROUPS, steps=steps)

    await asyncio.gather(work("x"), work("y"), edit())
    assert set(begun.values()) == {1}
    assert len(begun) == 2 * steps * len(GROUPS)
    for campaign in owned:
        for group in GROUPS:
            told = [step for of, where, step in order if (of, where) == (campaign, group)]
            assert told == sorted(told)


async def test_two_launches_of_one_campaign_at_once_leave_one_plan(rivals):
    first, second, _third = rivals
    for n in range(ROUNDS // 5):
        campaign = f"c{n}"
        results = await asyncio.gather(
            launch(first, campaign, "main", groups=GROUPS, steps=3),
            launch(second, campaign, "main", groups=GROUPS, steps=3),
            return_exceptions=True,
        )
        refused = [result for result in results if result is not None]
        assert all(type(error).__name__ == "CampaignError" for error in refused), refused
        assert len(refused) < 2
        views = await SqlCampaigns(first.database).deliveries(campaign)
        assert Counter(view.state for view in views) == {"planned": 3 * len(GROUPS)}


async def test_new_owners_at_once_get_different_epochs(rivals):
    first, second, third = rivals
    for n in range(ROUNDS):
        taken = await asyncio.gather(*(r.ledger.acquire(f"a{n}", r.name, T0) for r in (first, second, third)))
        assert sorted(ownership.epoch for ownership, _notices in taken) == [1, 2, 3]


async def test_a_claim_whose_commit_nobody_heard_of_is_given_back(rivals, monkeypatch):
    """The commit went through, its confirmation was lost: the caller sent nothing, so the part is planned again."""
    first, _second, _third = rivals
    await launch(first, "camp", "main")
    owned = await first.take()
    [candidate] = await first.due(owned)
    commit = first.database.transact

    async def lose_the_answer(work):
        await commit(work)
        raise StoreError("gone")

    monkeypatch.setattr(first.database, "transact", lose_the_answer)
    with pytest.raises(StoreError):
        await first.begin(owned, candidate)
    monkeypatch.undo()
    [again] = await first.due(owned)
    assert (again.id, again.next_part) == (candidate.id, candidate.next_part)
    assert await finish(first, again, await first.begin(owned, again))
    assert timedelta(0) <= again.not_before - T0
