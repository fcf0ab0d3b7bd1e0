"""`groupbot init`: a folder to begin with, in the operator's language; nothing of the operator's is overwritten."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.cli.starter_config import CHINESE, ENGLISH, STARTERS
from groupbot.paths import bundle
from groupbot.settings import ConsoleAccount, load


def init(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["init", str(folder), *options])


def switched_on(text: str) -> str:
    """Return a starter with its commented settings switched on."""
    return re.sub(r"(?m)^#(?=[\w\[])", "", text)


def test_a_folder_is_made_with_a_config_and_the_shipped_sops(tmp_path):
    result = init(tmp_path / "new" / "camp")
    assert result.exit_code == 0
    assert "groupbot demo" in result.output
    settings = load(tmp_path / "new/camp/config.toml", {})
    assert [type(account) for account in settings.accounts] == [ConsoleAccount]
    assert settings.groups[0].tags == {"camp"}
    made = {path.relative_to(tmp_path / "new/camp/sops") for path in (tmp_path / "new/camp/sops").rglob("*")}
    assert made == {path.relative_to(bundle() / "sops") for path in (bundle() / "sops").rglob("*")}


@pytest.mark.parametrize(("options", "locale"), [((), "en"), (("--locale", "zh"), "zh"), (("--locale", "en"), "en")])
def test_the_config_speaks_the_operators_language(tmp_path, options, locale):
    init(tmp_path / "x", *options)
    text = (tmp_path / "x/config.toml").read_text(encoding="utf-8")
    assert text == STARTERS[locale]
    assert load(tmp_path / "x/config.toml", {}).locale == locale


def test_both_languages_say_the_same():
    assert tomllib.loads(ENGLISH) | {"locale": ""} == tomllib.loads(CHINESE) | {"locale": ""}
    english, chinese = tomllib.loads(switched_on(ENGLISH)), tomllib.loads(switched_on(CHINESE))
    assert english | {"locale": ""} == chinese | {"locale": ""}
    assert len(ENGLISH.splitlines()) == len(CHINESE.splitlines())


@pytest.mark.parametrize("locale", STARTERS)
def test_what_is_shown_commented_is_accepted_too(tmp_path, locale):
    text = switched_on(STARTERS[locale]).replace("second =", "wechat =")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    settings = load(tmp_path / "config.toml", {})
    assert [account.name for account in settings.accounts] == ["main", "wechat"]
    assert settings.groups[0].also == {"wechat": "12345@chatroom"}


def test_a_config_that_is_there_is_kept(tmp_path):
    (tmp_path / "config.toml").write_text("# mine", encoding="utf-8")
    result = init(tmp_path)
    assert result.exit_code == 1
    assert "exists already" in result.stderr
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "# mine"
    assert not (tmp_path / "sops").exists()


def test_sops_that_are_there_are_kept(tmp_path):
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops/camp-7d.yaml").write_text("name: mine", encoding="utf-8")
    assert init(tmp_path).exit_code == 0
    assert (tmp_path / "sops/camp-7d.yaml").read_text(encoding="utf-8") == "name: mine"
    assert (tmp_path / "sops/flash-2h.yaml").is_file()


def test_a_folder_that_cant_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = init(tmp_path / "file" / "camp")
    assert result.exit_code == 1
    assert "can't be written" in result.stderr


def test_an_unknown_language_is_wrong_use(tmp_path):
    assert init(tmp_path / "x", "--locale", "fr").exit_code == 2
    assert not (tmp_path / "x").exists()
