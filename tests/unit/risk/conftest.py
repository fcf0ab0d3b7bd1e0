"""A small scorer, trained once for the tests of this folder."""

from __future__ import annotations

import pytest

from groupbot.risk.model import Model
from groupbot.risk.thresholds import Aim
from groupbot.risk.training import train
from tests.unit.risk.texts import rows


@pytest.fixture(scope="session")
def trained() -> Model:
    return train(rows(240, seed=1), "ads", Aim(fpr=0.01))
