"""`groupbot plugin`: a new one works at once; what is wrong with another is told in words."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from groupbot.cli import app

CONFIG = '[[accounts]]\nname = "main"\nadapter = "console"\n'


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, ["plugin", *words])


def test_a_new_plugin_checks_and_is_never_overwritten(call, tmp_path):
    assert call("new", "link-guard").exit_code == 0
    assert (tmp_path / "tests" / "test_link_guard.py").is_file()
    done = call("check", "link-guard", "--json")
    (found,) = json.loads(done.stdout)["plugins"]
    assert (done.exit_code, found["name"], found["ok"], found["problems"]) == (0, "link-guard", True, [])
    assert call("new", "link-guard").exit_code == 1
    assert call("new", "Link Guard").exit_code == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1/0", "ZeroDivisionError"),
        ("import groupbot.log\nfrom groupbot.api import *\nasync def setup(c): ...", "It imports groupbot.log"),
        ("from groupbot.api import *\nasync def setup(c): c.nothing()", "nothing"),
        ("from groupbot.api import *\nasync def setup(c): c.every('x', c.now)", "no schedule"),
        (
            "from groupbot.api import *\nasync def setup(c):\n    async def end(): 1/0\n    c.on_unload(end)",
            "not unloaded cleanly",
        ),
    ],
)
def test_what_is_wrong_is_told(call, tmp_path, text, said):
    (tmp_path / "plugins").mkdir()
    tail = "\nPLUGIN = Plugin(name='odd', setup=setup)\n" if "setup" in text else ""
    (tmp_path / "plugins" / "odd.py").write_text(text + tail, encoding="utf-8")
    done = call("check", "odd", "--json")
    assert done.exit_code == 1
    assert said in json.loads(done.stdout)["plugins"][0]["problems"][0]["message"]
    assert "odd" in call("check").stdout


def test_settings_of_the_config_are_checked(call, tmp_path):
    (tmp_path / "config.toml").write_text(f'{CONFIG}[plugins.hello]\nanswr = "x"\n', encoding="utf-8")
    call("new", "hello")
    assert "answr" in call("check", "hello").stdout
    found = {one["name"]: one["state"] for one in json.loads(call("list", "--json").stdout)}
    assert found == {"hello": "on", "keyword-reply": "on", "welcome": "on"}


def test_a_reload_is_left_for_the_daemon(call, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    assert call("reload", "welcome").exit_code == 0
    assert call("reload", "nobody").exit_code == 1
