"""docs/plugins.md: its tutorial works as it stands, each hook has an example that sets up, and no name is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groupbot import api
from groupbot.api import PluginContext
from groupbot.chat.directory import Group
from groupbot.cli import app
from groupbot.testing import PluginKit, run_plugin

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
TUTORIAL = PAGE.partition("## In ten minutes")[2].partition("\n## ")[0]
HOOKS = PAGE.partition("## The hooks")[2].partition("\n## ")[0]
EXAMPLES = dict(re.findall(r"### (.+?)\n.*?```python\n(.*?)```", HOOKS, re.DOTALL))
BLOCK = re.compile(r"```(console|python|toml)\n(.*?)```", re.DOTALL)


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_every_hook_has_an_example():
    assert {f"`ctx.{name}`" for name in public(PluginContext)} <= set(EXAMPLES)


@pytest.mark.parametrize("title", EXAMPLES)
async def test_an_example_sets_up(title, tmp_path):
    body = textwrap.indent(EXAMPLES[title], "    ")
    path = tmp_path / "example.py"
    text = (
        f"from groupbot.api import *\n\nasync def setup(ctx):\n{body}\nPLUGIN = Plugin(name='example', setup=setup)\n"
    )
    path.write_text(text, encoding="utf-8")
    async with run_plugin(path) as kit:
        await kit.join("camp-1", "ann")
        await kit.say("camp-1", "ann", "hello ¥1")
        await kit.leave("camp-1", "ann")
        await kit.check("hello")
        await kit.find("¥")
        await kit.advance(86_400)
        for command in kit.host.commands:
            await kit.command(command.name, "1")


@pytest.mark.parametrize("name", api.__all__)
def test_every_name_of_the_api_is_explained(name):
    assert re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", PAGE), name


@pytest.mark.parametrize("name", sorted(public(PluginKit) - {"host", "clock", "directory", "guards", "jobs"}))
def test_everything_a_test_can_do_is_explained(name):
    assert name in {"faqs", "strict"} or f"kit.{name}" in PAGE


def test_the_tutorial_works_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = 0
    for kind, text in BLOCK.findall(TUTORIAL):
        if kind == "python":
            (tmp_path / text.splitlines()[0].removeprefix("# ")).write_text(text, encoding="utf-8")
        for line in text.splitlines() if kind == "console" else ():
            program, *words = line.removeprefix("$ ").split()
            if program == "groupbot":
                done = CliRunner().invoke(app, words)
                assert done.exit_code == 0, done.output
            elif program == "pytest":
                run(tmp_path, program, *words)
            ran += program != "pip"
    assert ran == 4


def run(folder: Path, program: str, *words: str) -> None:
    options = ("-p", "no:cacheprovider", "-q") if program == "pytest" else ()
    done = subprocess.run(
        [sys.executable, "-m", program, *words, *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "GROUPBOT_LOCALE": "en"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["welcome", "keyword-reply"])
async def test_the_shown_settings_of_shipped_plugins_are_all_there_are(name):
    shown = [tomllib.loads(text) for kind, text in BLOCK.findall(PAGE) if kind == "toml"]
    (table,) = [one["plugins"][name] for one in shown if name in one["plugins"]]
    groups = [Group(name=f"camp-{n}", account="main", ids={"main": f"r{n}"}) for n in (1, 2)]
    async with run_plugin(ROOT / "plugins" / f"{name.replace('-', '_')}.py", table, groups=groups) as kit:
        settings = next(iter(kit.host._slots.values())).loaded.plugin.settings
        assert set(settings.model_fields) - {"enabled"} == set(table)
