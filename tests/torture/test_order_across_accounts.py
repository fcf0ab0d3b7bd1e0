"""Two accounts speak in one group: what one of them is to send again is not overtaken by the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from groupbot.core.content import Part, Text, fingerprint
from groupbot.core.policies import Policies, UnknownThen
from groupbot.delivery.echo import ECHO_WAIT
from groupbot.delivery.values import Claim, Lost, NewDelivery
from groupbot.storage.ledger import SqlLedger
from tests.torture import console_world
from tests.torture.books import opened

T0 = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)


def step(number: int, account: str) -> NewDelivery:
    return NewDelivery(
        campaign="camp",
        key=f"s{number}/2026-05-18.0/g1",
        step=f"s{number}",
        phase="p",
        group="g1",
        account=account,
        due=T0,
        ordinal=number,
        parts=(Part(content=Text(text=f"{number}")),),
        policies=Policies(unknown=UnknownThen.RESEND, grace=timedelta(hours=1)),
    )


async def test_a_part_that_is_due_again_is_not_overtaken_before_its_account_plans_it(tmp_path):
    config = console_world.write_config(tmp_path, groups=("g1",))
    async with opened(config, ("camp",)) as books:
        await books.launch("camp", [step(1, "main"), step(2, "helper")])
        ledger = SqlLedger(books.database)
        main, _ = await ledger.acquire("main", "me", T0)
        helper, _ = await ledger.acquire("helper", "me", T0)
        [first] = await ledger.candidates(main, T0, 10)
        claim = Claim(candidate=first, fingerprint=fingerprint(first.part.content), lock_until=T0)
        token = await ledger.begin(claim, main, T0)
        assert token is not None
        await ledger.finish(token, first.id, Lost(error="nobody knows"), T0)
        later = T0 + ECHO_WAIT + timedelta(seconds=1)
        assert await ledger.candidates(helper, later, 10) == []
        await ledger.expire("main", later)
        assert await ledger.candidates(helper, later, 10) == []
        assert [candidate.step for candidate in await ledger.candidates(main, later, 10)] == ["s1"]
        await ledger.close()
