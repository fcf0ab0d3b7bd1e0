"""Values that no sum of times could bear are refused where they are written, not met at night by a running daemon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from pydantic import BaseModel

from groupbot.delivery.paces import pace
from groupbot.delivery.pacing import Pacer
from groupbot.errors import ConfigError
from groupbot.settings import Settings, load
from groupbot.tracking.retention import cutoffs

NOW = datetime(2026, 5, 18, tzinfo=UTC)
ACCOUNT = '[[accounts]]\nname = "a"\nadapter = "console"\n'


def numbers(section: type[BaseModel] = Settings, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield table and key of every number that config.toml takes."""
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from numbers(kind, f"{place}.{name}".lstrip("."))
        elif kind in {int, float} and place:
            yield place, name


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str) -> Settings:
        (tmp_path / "config.toml").write_text(ACCOUNT + text, encoding="utf-8")
        return load(tmp_path / "config.toml", {})

    return read


@pytest.mark.parametrize(("table", "key"), list(numbers()))
def test_no_number_is_infinite_nothing_or_below_zero(read, table: str, key: str) -> None:
    for value in ("nan", "inf", "-inf", "-1", '"x"', "[1]", "2026-01-01"):
        with pytest.raises(ConfigError, match=key):
            read(f"[{table}]\n{key} = {value}\n")


@pytest.mark.parametrize(("table", "key"), list(numbers()))
@pytest.mark.parametrize("value", ["1", "999999", "99999999999999999999", "1e300"])
def test_what_is_taken_can_be_reckoned_with(read, table: str, key: str, value: str) -> None:
    try:
        settings = read(f"[{table}]\n{key} = {value}\n")
    except ConfigError:
        return
    Pacer(pace(settings, "a"), Random(1)).record("g", NOW)
    cutoffs(settings.recorder.retention, NOW)
    assert not key.endswith("_s") or float(value) <= 31_536_000


@pytest.mark.parametrize("file", ["", ".", "a\\u0000b"])
def test_a_file_needs_a_name(read, file: str) -> None:
    with pytest.raises(ConfigError, match="must be a path"):
        read(f'[log]\nfile = "{file}"\n')
