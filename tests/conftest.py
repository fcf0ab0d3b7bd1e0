"""What every test has: English messages, whatever the machine or an earlier test chose."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ["GROUPBOT_LOCALE"] = "en"  # before groupbot is imported: the default of every context and child process

from groupbot import i18n


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("en")
