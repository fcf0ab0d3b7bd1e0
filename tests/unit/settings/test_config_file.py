"""Edits of config.toml on the disk."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from groupbot.errors import ConfigError
from groupbot.settings.config_file import ConfigFile
from groupbot.settings.editing import AddPerson, AddSquad, BindGroup, LeadSquad, UnbindGroup

TEXT = """\
[[accounts]]
name = "main"
adapter = "console"

[[groups]]
name = "ops"
account = "main"
id = "r1"   # 运营群

[admin]
groups = ["ops"]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "config.toml"
    made.write_text(TEXT, "utf-8")
    made.chmod(0o640)
    return made


def test_an_edit_replaces_the_file_and_keeps_the_last_one(path: Path) -> None:
    settings = ConfigFile(path, {}).edit(BindGroup(name="营1", account="main", id="r2"), AddSquad(name="东"))
    assert [group.name for group in settings.groups] == ["ops", "营1"]
    assert 'id = "r1"   # 运营群\n\n[[groups]]\nname = "营1"\n' in path.read_text("utf-8")
    assert path.with_name("config.toml.bak").read_text("utf-8") == TEXT
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(one.name for one in path.parent.iterdir()) == ["config.toml", "config.toml.bak"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (BindGroup(name="ops", account="main", id="r2"), "used twice"),
        (BindGroup(name="x", account="nobody", id="r2"), "nobody"),
        (UnbindGroup(name="ops"), "ops"),
        (AddPerson(name="小周", role="king"), "role"),
        (LeadSquad(name="东", leader="小周"), "小周"),
    ],
)
def test_an_edit_that_makes_no_sense_changes_nothing(path: Path, change: object, words: str) -> None:
    file = ConfigFile(path, {})
    file.edit(AddSquad(name="东"))
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=words):
        file.edit(AddSquad(name="西"), change)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.iterdir()) == ["config.toml", "config.toml.bak"]


def test_a_file_that_is_broken_already_is_left_alone(path: Path) -> None:
    path.write_text(TEXT + "[[groups\n", "utf-8")
    with pytest.raises(ConfigError, match="not TOML"):
        ConfigFile(path, {}).edit(AddSquad(name="东"))
    assert path.read_text("utf-8") == TEXT + "[[groups\n"


def test_a_persons_edit_meanwhile_is_noticed(path: Path) -> None:
    file = ConfigFile(path, {})
    seen = file.read().digest
    path.write_text(TEXT + "# 我改过\n", "utf-8")
    with pytest.raises(ConfigError, match="somebody else"):
        file.edit(AddSquad(name="东"), seen=seen)
    assert path.read_text("utf-8") == TEXT + "# 我改过\n"
    file.edit(AddSquad(name="东"), seen=file.read().digest)
    assert "# 我改过\n\n[[squads]]" in path.read_text("utf-8")


def test_a_link_and_a_byte_order_mark_stay(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    ConfigFile(link, {}).edit(AddSquad(name="东"))
    assert link.is_symlink()
    assert path.read_bytes().startswith(b"\xef\xbb\xbf[[accounts]]\r\n")
    assert path.read_bytes().endswith('[[squads]]\r\nname = "东"\r\n'.encode())


def test_what_cannot_be_kept_is_not_replaced(path: Path) -> None:
    path.with_name("config.toml.bak").symlink_to(path.parent / "gone" / "config.toml")
    with pytest.raises(ConfigError, match="can't be written"):
        ConfigFile(path, {}).edit(AddSquad(name="东"))
    assert path.read_text("utf-8") == TEXT
    assert sorted(one.name for one in path.parent.iterdir()) == ["config.toml", "config.toml.bak"]
