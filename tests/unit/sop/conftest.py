"""A small SOP to break, and files that exist in memory only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from groupbot import i18n
from groupbot.sop.document import Sop
from groupbot.sop.load import load
from groupbot.sop.materials import Found, Missing, Outside
from groupbot.sop.planned import Problem, SopError

GOOD = """\
name: small
title: 小营
roles:
  host: 主讲
variables:
  teacher: {default: 晨晨}
materials:
  poster: {path: poster.png}
event: {name: 直播, at: D6 20:00}
phases:
  - name: 开营
    steps:
      - id: hello
        at: D1 08:00
        speaker: host
        parts:
          - text: |-
              大家好，我是{{ teacher }}
          - image: poster
            gap: 3s
      - id: later
        at: after hello +10m
        text: 记得打卡
"""
"""Lines of it are asserted in tests: add to its end only."""


@dataclass
class MemoryFiles:
    """Materials by their written path."""

    contents: dict[str, bytes] = field(default_factory=lambda: {"poster.png": b"png"})
    outside: frozenset[str] = frozenset()

    def find(self, path: str) -> Found | Missing | Outside:
        if path in self.outside:
            return Outside()
        data = self.contents.get(path)
        if data is None:
            return Missing()
        return Found(path=f"/project/{path}", size=len(data), digest=hashlib.sha256(data).hexdigest())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Read messages in the language of their source."""
    i18n.use("en")
    yield
    i18n.use("zh")


@pytest.fixture
def files() -> MemoryFiles:
    return MemoryFiles()


@pytest.fixture
def load_text(files: MemoryFiles) -> Callable[[str | bytes], Sop]:
    """Load an SOP from its text."""

    def loaded(text: str | bytes) -> Sop:
        data = text if isinstance(text, bytes) else text.encode()
        return load(data, file="small.yaml", files=files)

    return loaded


@pytest.fixture
def problems_of(load_text: Callable[[str | bytes], Sop]) -> Callable[[str | bytes], list[Problem]]:
    """Return what loading a text complains about, errors and warnings alike."""

    def found(text: str | bytes) -> list[Problem]:
        try:
            return list(load_text(text).warnings)
        except SopError as error:
            return list(error.problems)

    return found
