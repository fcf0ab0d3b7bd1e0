"""Where plugins come from: files, folders, packages; and what a load leaves behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from groupbot.paths import Project
from groupbot.plugin_host.checking import foreign_imports
from groupbot.plugin_host.errors import PluginError
from groupbot.plugin_host.loading import FileSource, files, packages

GOOD = "from groupbot.api import Plugin\nasync def setup(ctx): ...\nPLUGIN = Plugin(name={name!r}, setup=setup)\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_projects_file_hides_the_shipped_one(tmp_path):
    write(tmp_path / "mine" / "plugins" / "a.py", "")
    for name in ("a.py", "b.py", "README.md", "__pycache__/x.py", "folder/__init__.py", "data/x.txt"):
        write(tmp_path / "shipped" / "plugins" / name, "")
    found = files(Project(root=tmp_path / "mine", bundled=tmp_path / "shipped"))
    assert sorted(found) == ["a.py", "b.py", "folder"]
    assert "mine" in str(found["a.py"].path)


def test_an_installed_package_is_found_by_its_entry_point(tmp_path, monkeypatch):
    write(tmp_path / "shop_plugin" / "__init__.py", GOOD.format(name="shop"))
    info = tmp_path / "shop_plugin-1.5.dist-info"
    write(info / "METADATA", "Metadata-Version: 2.1\nName: shop-plugin\nVersion: 1.5\n")
    write(info / "entry_points.txt", "[groupbot.plugins]\nshop = shop_plugin:PLUGIN\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = packages()["package shop"]
    code = source.load()
    assert (code.plugin.name, source.digest()) == ("shop", "shop_plugin:PLUGIN 1.5")
    assert code.holds(str(tmp_path / "shop_plugin" / "other.py"))
    code.forget()
    assert sys.modules.pop("shop_plugin")


def test_a_load_leaves_nothing_behind_when_it_is_forgotten_or_fails(tmp_path):
    modules, finders = set(sys.modules), list(sys.meta_path)
    code = FileSource(path=write(tmp_path / "a.py", GOOD.format(name="a"))).load()
    assert set(sys.modules) - modules
    code.forget()
    write(tmp_path / "b" / "__init__.py", "from .part import x\n1/0")
    write(tmp_path / "b" / "part.py", "x = 1")
    with pytest.raises(ZeroDivisionError):
        FileSource(path=tmp_path / "b").load()
    with pytest.raises(PluginError):
        FileSource(path=write(tmp_path / "c.py", "")).load()
    left = {name for name in set(sys.modules) - modules if name.startswith("groupbot_plugin")}
    assert (left, sys.meta_path) == (set(), finders)
    assert not list(tmp_path.rglob("*.pyc"))


def test_a_digest_changes_with_code_and_with_what_lies_beside_it(tmp_path):
    source = FileSource(path=tmp_path / "p")
    write(tmp_path / "p" / "__init__.py", "1")
    seen = [source.digest()]
    write(tmp_path / "p" / "__init__.py", "2")
    seen.append(source.digest())
    write(tmp_path / "p" / "words.txt", "hello")
    seen.append(source.digest())
    (tmp_path / "p" / "words.txt").rename(tmp_path / "p" / "texts.txt")
    seen.append(source.digest())
    assert len(set(seen)) == 4


def test_what_a_plugin_imports_besides_the_door_is_seen(tmp_path):
    write(
        tmp_path / "p" / "__init__.py", "import os, groupbot.log\nfrom groupbot.api import Plugin\nfrom . import part"
    )
    write(tmp_path / "p" / "part.py", "def f():\n    from groupbot import settings\n    from groupbot import api")
    write(tmp_path / "p" / "broken.py", "def (")
    assert foreign_imports(tmp_path / "p") == ("groupbot.log", "groupbot.settings")
