"""A project folder with a config, an SOP and the command line to work in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[[accounts]]
name = "main"
adapter = "console"
log = "posts.jsonl"
[[groups]]
name = "camp-1"
account = "main"
id = "c1"
tags = ["camp"]
[[groups]]
name = "camp-2"
account = "main"
id = "c2"
"""

SOP = """\
name: hello
title: Hello
goals: [everybody answers once]
phases:
  - name: day one
    steps:
      - id: greet
        at: D1 00:00-23:59
        parts:
          - text: Good morning
          - text: How are you?
            gap: 1s
      - id: ask
        at: D1 00:00-23:59
        groups: {tag: camp}
        text: Who is here?
      - id: call
        at: D1 12:00
        task: Call the newcomers
"""


@dataclass
class Folder:
    """An operator's project; `cli` runs a command in it as a process of its own."""

    path: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def cli(self, *words: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command; with `ok` its exit status must be 0."""
        done = subprocess.run(
            [sys.executable, "-m", "groupbot", *words],
            cwd=self.path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | {"GROUPBOT_LOCALE": "en", **self.environ},
        )
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return done

    def json(self, *words: str, ok: bool = True) -> Any:
        """Run one command with --json and return its document."""
        return json.loads(self.cli(*words, "--json", ok=ok).stdout)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        target = self.path / name
        target.write_text(text, encoding="utf-8")
        return target


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("config.toml", CONFIG)
    made.write("hello.yaml", SOP)
    return made
