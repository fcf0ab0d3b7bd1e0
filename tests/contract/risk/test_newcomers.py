"""Only a join that was seen makes a newcomer; who was there before, or was found in a list, is none."""

import pytest

from groupbot.storage.facts import SqlFacts
from groupbot.storage.newcomers import SqlNewcomers
from groupbot.testing.events import NOON, after
from groupbot.tracking.facts import Fact, FactKind


def join(member, at, *, group="camp-1", found_late=False, kind=FactKind.JOIN):
    return Fact(
        at=at,
        kind=kind,
        account="main",
        event_id=f"e{at}{group}{kind}",
        group=group,
        member=member,
        found_late=found_late,
    )


@pytest.mark.parametrize("stores", ["sqlite", "postgresql"], indirect=True)
async def test_since_when_somebody_is_in_a_group(stores):
    await SqlFacts(stores.database).append(
        [
            join("ann", NOON),
            join("ann", after(60)),
            join("ann", after(90), group="camp-2"),
            join("ann", after(95), kind=FactKind.MESSAGE),
            join("bob", NOON, found_late=True),
        ],
        recorded_at=NOON,
    )
    newcomers = SqlNewcomers(stores.database)
    assert await newcomers.joined_at("camp-1", "ann") == after(60)
    assert await newcomers.joined_at("camp-1", "bob") is None
    assert await newcomers.joined_at("camp-1", "eve") is None
