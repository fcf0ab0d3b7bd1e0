"""A word at the end of the run on what the kills hit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.torture.torturer import Figures


@pytest.fixture
def tell(request: pytest.FixtureRequest):
    """Return what keeps a line for the end of the run, wherever the test runs."""

    def keep(line: Figures | str) -> None:
        request.node.user_properties.append(("told", str(line)))

    return keep


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Give the URL of an empty schema of a PostgreSQL server; None for the file beside config.toml."""
    if request.param == "sqlite":
        yield None
        return
    with postgres.shared().schema() as url:
        yield url
