"""`ctx.convert` over a real store, and the amounts that it takes."""

from decimal import Decimal

import pytest

from groupbot.desk.plugin_conversions import PluginConversions
from groupbot.errors import GroupbotError
from groupbot.plugin_host.errors import PluginError
from groupbot.plugin_host.exact import exact
from groupbot.plugin_host.ports import Reached
from groupbot.storage.conversions import SqlConversions
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON
from tests.unit.admin.conftest import SETTINGS

from .test_conversions import database

__all__ = ["database"]


def paid(**more):
    return Reached(**{"member": "ann", "stage": "paid", "key": "api/shop/1", "amount": Decimal("9.90")} | more)


async def test_a_plugin_counts_once(database):
    port = PluginConversions(database, FakeClock(NOON), lambda: SETTINGS)
    assert await port.reached(paid(group="camp-1"))
    assert not await port.reached(paid())
    assert await port.reached(paid(amount=Decimal(5), campaign="camp"))
    await SqlConversions(database).undo("camp", ["api/shop/1"], by="Olga", now=NOON)
    assert not await port.reached(paid())
    for wrong in ({"stage": "joined"}, {"campaign": "none"}, {"group": "nowhere"}, {"at": NOON.replace(tzinfo=None)}):
        with pytest.raises(GroupbotError):
            await port.reached(paid(**wrong))


@pytest.mark.parametrize("amount", [9.9, "9,9", "x", -1, "NaN", "Infinity", True, "0.00001", 10**9, "1e3000000"])
def test_what_is_not_exact_is_refused(amount):
    with pytest.raises(PluginError):
        exact(amount)


def test_exact_amounts():
    assert [exact(one) for one in (None, 5, "9.90", Decimal("0.0001"))] == [None, 5, Decimal("9.9"), Decimal("0.0001")]
