"""The page's own script: searching a group shows what it sees. Run by Node.js on a stand-in for a browser."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from groupbot.sop.document import Sop
from groupbot.sop.planned import PlanGroup
from groupbot.sop.planner import plan
from groupbot.sop.preview.calendar import preview
from groupbot.sop.preview.expected import Expected
from groupbot.sop.preview.page import page
from tests.gateway.rig import find_node

TEXT = """\
name: small
title: 小营
phases:
  - name: 开营
    steps:
      - {id: hello, at: "D1 23:59", parts: [{text: "大家好 {{ group }}"}, {text: "<b>二", gap: 30s}]}
      - {id: late, at: "D2 20:00", text: 晚了}
      - {id: other, at: "D2 21:00", text: 别的群, groups: {names: [B]}}
"""
BROWSER = """
const page = require("fs").readFileSync(process.argv[2], "utf8");
function element(tag) {
  return {
    tag, children: [], words: "",
    set textContent(text) { this.words = text; this.children = []; },
    get textContent() { return this.words + this.children.map((child) => child.textContent + "|").join(""); },
    set innerHTML(text) { throw new Error("markup"); },
    appendChild(child) { this.children.push(child); return child; },
    addEventListener(name, heard) { this.heard = heard; },
  };
}
const ids = {data: element("script"), pick: element("input"), all: element("main"), one: element("main")};
ids.data.textContent = page.match(/<script id="data" type="application\\/json">([\\s\\S]*?)<\\/script>/)[1];
globalThis.document = {
  getElementById: (id) => ids[id],
  createElement: element,
  querySelectorAll: () => [],
  createTextNode: (text) => { const made = element("#"); made.textContent = text; return made; },
};
(0, eval)(page.match(/<script>([\\s\\S]*?)<\\/script><\\/body>/)[1]);
for (const wanted of process.argv.slice(3)) {
  ids.pick.value = wanted;
  ids.pick.heard();
  console.log([ids.all.hidden, ids.one.hidden, ids.one.textContent].join(" "));
}
"""


@pytest.fixture
def shown(load_text: Callable[[str], Sop], tmp_path: Path) -> Callable[..., list[str]]:
    """What the page shows after each search."""
    planned = plan(load_text(TEXT), groups=[PlanGroup(name="Alpha"), PlanGroup(name="B")], start=date(2026, 5, 18))
    expected = [
        Expected(
            begins=row.due.astimezone(UTC) + timedelta(seconds=70 if row.group == "B" else 0),
            ends=row.due.astimezone(UTC) + timedelta(seconds=100),
            is_left_out=row.step == "late" and row.group == "B",
        )
        for row in planned.deliveries
    ]
    (tmp_path / "page.html").write_text(page(preview(planned, expected), {}), encoding="utf-8")
    (tmp_path / "browser.js").write_text(BROWSER, encoding="utf-8")

    def searched(*wanted: str) -> list[str]:
        command = [str(find_node().node), str(tmp_path / "browser.js"), str(tmp_path / "page.html"), *wanted]
        return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout.splitlines()

    return searched


def test_a_group_sees_its_own_words_at_its_own_time(shown: Callable[..., list[str]]) -> None:
    alpha, b = shown("alpha", "B")

    assert alpha.startswith("true false Alpha|05-18 Mon|23:59:00 hello|大家好 Alpha||<b>二||")
    assert "别的群" not in alpha
    assert "00:00:10 hello|大家好 B||<b>二||" in b
    assert "20:01:10 late · left out: too late|" in b
    assert "别的群" in b


def test_a_part_of_the_name_is_enough_and_nothing_shows_all(shown: Callable[..., list[str]]) -> None:
    part, nobody, nothing = shown("LPH", "zzz", "")

    assert "大家好 Alpha" in part
    assert nobody == "true false No such group"
    assert nothing.startswith("false true")
