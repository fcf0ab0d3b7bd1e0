"""A daemon that can't come up says why in the operator's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot import lifecycle
from groupbot.app import App, build
from groupbot.errors import StoreError
from groupbot.settings import load
from groupbot.testing import FakeAdapter

CONFIG = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "camp-1"
account = "main"
id = "r1"
"""


def made(folder: Path) -> App:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    return build(load(folder / "config.toml", {}), adapters={"main": FakeAdapter(account="main")})


@pytest.mark.parametrize(("fault", "kind"), [(StoreError("gone"), StoreError), (ValueError("x"), ExceptionGroup)])
async def test_a_database_that_goes_away_during_start_up_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, kind: type[Exception]
) -> None:
    app = made(tmp_path)

    async def fail(*_args: object) -> None:
        raise fault

    monkeypatch.setattr(app.presence, "beat", fail)
    with pytest.raises(kind):
        await lifecycle.run(app)
