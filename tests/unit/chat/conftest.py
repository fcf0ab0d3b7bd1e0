"""A desk of alerts, and what the log hears of it."""

from __future__ import annotations

import pytest
from loguru import logger

from tests.unit.chat.office import Office


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def heard():
    """Return the log's records of an action."""
    records = []
    sink = logger.add(lambda message: records.append(message.record), level="DEBUG")
    yield lambda action: [record for record in records if record["extra"].get("action") == action]
    logger.remove(sink)
