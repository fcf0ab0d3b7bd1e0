"""config.example.toml loads, shows every setting with its default, and shows nothing that isn't one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from groupbot.settings import (
    BudgetSettings,
    ConsoleAccount,
    DatabaseSettings,
    LogSettings,
    PacingSettings,
    Settings,
    WechatyAccount,
    load,
)
from groupbot.settings.model import GroupSettings
from groupbot.settings.risk import PoolSettings, RiskRungs, RungSettings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
CONCERNS = ("ads", "negative", "flood")
OVERRIDES = {PacingSettings, BudgetSettings, RiskRungs, PoolSettings}
SHOWN_DIFFERENTLY = {
    "accounts.log": "none by default",
    "accounts.pacing": "an override has no default of its own",
    "accounts.budgets": "an override has no default of its own",
    "accounts.new_since": "none by default",
    "groups.variables": "empty by default",
    "groups.also": "empty by default",
    "accounts.persona.name": "empty by default",
    "accounts.persona.bio": "empty by default",
    "accounts.persona.avatar": "none by default",
    "accounts.persona.cover": "none by default",
    "alerts.urls_env": "empty by default",
    "log.file": "none by default",
    "tracking.stages": "a sample block",
    "channels.plan.join_rate": "unknown by default",
    "channels.plan.cost": "unknown by default",
    "groups.risk": "none by default",
    "groups.risk_rules": "an override has no default of its own",
    **{
        f"risk.{concern}.{key}": "as the mode and the scorer have it"
        for concern in CONCERNS
        for key in RungSettings.model_fields
    },
}


def uncommented() -> str:
    """The example with its commented keys switched on."""
    return re.sub(r"(?m)^#(?=[\w\[])", "", EXAMPLE.read_text(encoding="utf-8"))


def sections(model: type[BaseModel], prefix: str = "") -> dict[str, type[BaseModel]]:
    """Every table that a config.toml can hold, by its dotted name; accounts once per adapter."""
    found = {prefix: model}
    for name, field in model.model_fields.items():
        for inner in models_in(field.annotation):
            if inner not in OVERRIDES or not prefix:
                key = f"{prefix}.{name}".lstrip(".")
                found |= sections(inner, f"{key}:{inner.__name__}" if name == "accounts" else key)
    return found


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in models_in(part)]


def shown(name: str) -> dict[str, Any]:
    """The table `name` of the switched-on example."""
    table: Any = tomllib.loads(uncommented())
    for step in filter(None, name.split(".")):
        key, _, model = step.partition(":")
        table = table[key]
        if isinstance(table, list):
            adapter = "console" if model == "ConsoleAccount" else "wechaty"
            table = next(row for row in table if not model or row["adapter"] == adapter)
    return table


def written(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a table by the keys that an operator writes."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


ALL = sections(Settings)


def test_it_loads_as_it_is():
    settings = load(EXAMPLE, {"WECHATY_TOKEN": "x"})
    assert [account.name for account in settings.accounts] == ["main", "screen"]
    assert settings.secrets() == ("x",)


def test_it_loads_with_every_comment_switched_on(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(uncommented(), encoding="utf-8")
    assert load(path, {}).log.file == tmp_path.resolve() / "logs/groupbot.log"


def test_the_sections_are_found():
    assert {DatabaseSettings, LogSettings, ConsoleAccount, WechatyAccount, GroupSettings} <= set(ALL.values())


@pytest.mark.parametrize("name", ALL)
def test_every_setting_is_shown(name):
    missing = set(written(ALL[name])) - set(shown(name))
    assert not missing, f"config.example.toml lacks, in [{name}]: {', '.join(sorted(missing))}"


@pytest.mark.parametrize("name", [name for name in ALL if name])
def test_what_is_shown_commented_is_the_default(name):
    live = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    plain = re.sub(r":\w+", "", name)
    for key, value in shown(name).items():
        field = written(ALL[name])[key]
        if field.is_required() or f"{plain}.{key}" in SHOWN_DIFFERENTLY or isinstance(value, dict):
            continue
        if plain in {"accounts", "groups", "people", "squads"} and any(row.get(key) == value for row in live[plain]):
            continue  # a live key of the sample block, not a commented default
        default = field.get_default(call_default_factory=True)
        assert value == (list(default) if isinstance(default, tuple) else default), f"{name}.{key}"


@pytest.mark.parametrize("name", ALL)
def test_every_setting_says_what_it_is(name):
    silent = [key for key, field in ALL[name].model_fields.items() if not field.description and key != "adapter"]
    assert not silent
