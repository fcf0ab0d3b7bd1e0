"""A workbook that groupbot writes says all of an SOP: what its reader finds is the same, whatever stands in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from groupbot.project_files import ProjectFiles
from groupbot.sop.document import Sop
from groupbot.sop.load import load, load_what_can
from groupbot.sop.materials import Files
from groupbot.sop.planned import Plan, PlanGroup
from groupbot.sop.planner import plan
from groupbot.sop.sheets.current import Exported, current
from groupbot.sop.workbook.exact_words import read, written
from groupbot.sop.writing import shape
from tests.unit.sop.conftest import MemoryFiles

SOPS = Path(__file__).parents[3] / "sops"
START = date(2027, 4, 26)  # a Monday before days off
EVENT = datetime(2027, 5, 1, 20, 0)  # noqa: DTZ001 - wall clock, as an operator gives it
GROUPS = [PlanGroup(name="A", tags=frozenset({"t"})), PlanGroup(name="B", squad="east")]
WORDS = (
    "大家好 {{ name }}",
    "第一行\n\n  第二行",
    "=1+1",
    "---",
    "一\n---\n二",
    "【图片】poster",
    "【链接】没有地址",
    "@所有人 看这里",
    "（附海报）报名链接：https://example.com/a",
    "① 先签到\n② 再听课",
    "今晚 20:00 前 {姓名} 老师",
    "总结",
    "#tag: value",
    " 前后有空格 ",
    "话术",
    "原文",
)
TIMES = (
    "D1 08:00",
    "D3 20:00,21:00-22:00",
    "2027-05-04 09:30",
    "daily 07:10 until D7",
    "weekly Mon,Wed 12:00 until D9",
    "T-30m",
    "T-1d 20:00",
    "T+2h",
    "D2 24:00",
    "D1 08:00 and D4 09:00",
)
words = st.sampled_from(WORDS)
gaps = st.sampled_from([{}, {"gap": "2s"}, {"gap": "9s"}, {"gap": "1m30s"}])
contents = st.one_of(
    st.builds(lambda text: {"text": text}, words),
    st.builds(lambda text, who: {"text": text, "mention": who}, words, st.sampled_from([["all"], ["host", "wx1"]])),
    st.sampled_from(["image", "file"]).map(lambda kind: {kind: "poster"}),
    st.builds(lambda text: {"announce": text}, words),
    st.sampled_from(["新群名", "第 2 期"]).map(lambda text: {"rename": text}),
    st.sampled_from(["host", "wxid_1"]).map(lambda who: {"card": who}),
    st.fixed_dictionaries(
        {
            "url": st.sampled_from(["https://example.com/a?b=c", "{{ link }}"]),
            "title": st.sampled_from(["报名", "简介："]),
        },
        optional={"description": words, "thumbnail": st.just("https://example.com/t.png")},
    ).map(lambda link: {"link": link}),
    st.fixed_dictionaries(
        {"app_id": st.just("wx1"), "title": words}, optional={"page": st.just("pages/a"), "description": words}
    ).map(lambda card: {"mini_program": card}),
)
details = st.fixed_dictionaries(
    {},
    optional={
        "late": st.just({"grace": "2h", "then": "ask"}),
        "unknown": st.just("resend"),
        "quiet_hours": st.just("off"),
        "weekdays": st.sampled_from([["mon"], ["workdays"], ["sat", "sun"]]),
        "holidays": st.sampled_from(["skip", "only", "shift"]),
        "priority": st.just("3"),
        "groups": st.sampled_from(["all", [{"tag": ["t"]}], [{"squad": ["east"]}, {"names": ["A"]}]]),
        "audience": st.just("没付款的"),
        "lint_off": st.just(["burst"]),
        "place": st.just("member"),
    },
)
parts = st.lists(st.builds(lambda content, gap: content | gap, contents, gaps), min_size=2, max_size=4)
bodies = st.one_of(
    contents,
    parts.map(lambda made: {"parts": [{key: made[0][key] for key in made[0] if key != "gap"}, *made[1:]]}),
    st.builds(lambda text, who: {"task": text} | who, words, st.sampled_from([{}, {"assignee": "小满"}])),
)
steps = st.builds(
    lambda body, time, further, speaker: body | {"at": time} | further | speaker,
    bodies,
    st.sampled_from(TIMES),
    details,
    st.sampled_from([{}, {"speaker": "host"}]),
)
triggered = st.builds(
    lambda text, kind: {"text": text, "trigger": kind},
    words,
    st.sampled_from([{"kind": "join", "condition": "入群"}, {"kind": "members", "count": "50", "after": "10m"}]),
)
following = st.builds(lambda text: {"text": text, "at": "after s0 +10m"}, words)
frames = st.fixed_dictionaries(
    {},
    optional={
        "quiet_hours": st.just("22:30-07:00"),
        "on_part_failure": st.just("continue"),
        "last_day": st.just("D9"),
        "groups": st.just([{"tag": ["t"]}]),
        "goals": st.just([{"text": "拉新: 100", "target": "60%"}]),
        "playbooks": st.just([{"symptom": "没人说话", "words": "第一\n第二"}]),
        "replies": st.just([{"keywords": ["价格", "多少钱"], "text": "{{ name }} 元\n- 一", "picture": "poster"}]),
        "lock_window": st.just("30m"),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(steps)
    more = draw(st.lists(st.one_of(steps, triggered, following), max_size=4))
    made = [{"id": f"s{number}"} | step for number, step in enumerate([first, *more])]
    at = draw(st.integers(min_value=1, max_value=len(made)))
    named = draw(st.permutations(["开营", "复盘", "FAQ", "D1", "第 1 天"]))
    phases = [{"name": name, "steps": some} for name, some in zip(named, (made[:at], made[at:]), strict=False)]
    return {
        "name": "made",
        "title": "小营: 一",
        "roles": {"host": "主讲", "helper": "主讲"},
        "variables": {"name": {"default": "晨晨"}, "link": {"description": "地址", "default": "https://example.com/x"}},
        "materials": {"poster": {"path": "poster.png", "title": "海报.png"}},
        "event": {"name": "直播", "at": "D6 20:00"},
        "phases": phases,
    } | draw(frames)


def there_and_back(sop: Sop, files: Files) -> tuple[Exported, Sop]:
    made = current(sop, files=files, campaign="camp", version=3)
    return made, load(made.data, file="now.xlsx", files=files)


def planned(sop: Sop) -> tuple[Any, ...]:
    """What is posted and done, whatever file it came from."""
    made: Plan = plan(sop, groups=GROUPS, start=START, event=EVENT)
    posts = [(row.step, row.group, row.due, row.until, row.speaker, row.parts, row.policies) for row in made.deliveries]
    tasks = [(task.step, task.due, task.text, task.assignee, task.group) for task in made.tasks]
    return posts, tasks, [(one.step, one.kind, one.condition, one.text) for one in made.triggers]


@pytest.mark.parametrize("name", ["camp-7d.yaml", "flash-2h.yaml"])
def test_shipped_sops_come_back_whole(name: str) -> None:
    files = ProjectFiles(root=SOPS.parent, sop_folder=SOPS)
    sop = load((SOPS / name).read_bytes(), file=name, files=files)

    made, back = there_and_back(sop, files)

    assert made.left_out == ()
    assert shape(back) == shape(sop)
    assert planned(back) == planned(sop)
    assert back.warnings == sop.warnings == ()


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
@given(documents())
def test_any_sop_comes_back_whole(document: dict[str, Any]) -> None:
    files = MemoryFiles()
    sop = load(json.dumps(document).encode(), file="made.yaml", files=files)

    made, back = there_and_back(sop, files)

    assert made.left_out == ()
    assert shape(back) == shape(sop)
    assert planned(back) == planned(sop)


@given(st.lists(st.builds(lambda content, gap: content | gap, contents, gaps), max_size=4))
def test_a_cell_of_messages_is_read_as_it_was_written(made: list[dict[str, Any]]) -> None:
    cell = written(made)

    assert cell is None or list(read(cell)) == made


def rows_of(data: bytes) -> tuple[openpyxl.Workbook, dict[str, Any]]:
    book = openpyxl.load_workbook(BytesIO(data))
    return book, {row[-1].value: row for row in book["SOP"].iter_rows(min_row=3)}


def saved(book: openpyxl.Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


SMALL = """\
name: small
title: 小营
variables: {name: {default: 晨晨}}
materials: {poster: {path: poster.png}}
phases:
  - name: 开营
    steps:
      - {id: hello, at: D1 08:00, parts: [{text: 大家好}, {image: poster, gap: 5s}]}
      - {id: call, at: D1 09:00, task: 打电话, assignee: 小满}
      - {id: later, at: after hello +10m, announce: 记得打卡}
"""


def test_what_is_changed_in_the_sheet_counts(load_text: Callable[..., Sop], files: MemoryFiles) -> None:
    book, rows = rows_of(current(load_text(SMALL), files=files, campaign="c", version=1).data)
    rows["#hello"][1].value = "第1天 晚8点"
    rows["#hello"][3].value = "大家晚上好\n--- 7s\n【图片】poster\n---\n【链接】报名\nhttps://example.com/x"
    rows["#call"][3].value = "发短信"
    book["SOP"].append(["开营", "第2天 20:00", None, "新加的一行（附海报）", "poster"])
    back = load(saved(book), file="now.xlsx", files=files)

    posts, tasks, _triggers = planned(back)
    assert [(step, f"{due:%d %H:%M}", len(parts)) for step, group, due, _u, _s, parts, _p in posts if group == "A"] == [
        ("hello", "26 20:00", 3),
        ("later", "26 20:10", 1),
        (back.steps[-1].id, "27 20:00", 2),
    ]
    assert [part.gap_s for part in back.steps[0].parts] == [0, 7, 0]
    assert [(task[0], task[2], task[3]) for task in tasks] == [("call", "发短信", "小满")]
    assert list(back.materials) == ["poster"]


@pytest.mark.parametrize("cell", ["{late: soon}", "[", "{nothing: known}", "{parts: 3}", "7"])
def test_a_setting_that_can_not_be_read_is_told_at_its_cell(
    cell: str, load_text: Callable[..., Sop], files: MemoryFiles
) -> None:
    book, rows = rows_of(current(load_text(SMALL), files=files, campaign="c", version=1).data)
    rows["#hello"][6].value = cell
    back = load_what_can(saved(book), file="now.xlsx", files=files)

    found = [(one.code, one.where.row, one.where.column) for one in back.warnings if one.level == "error"]
    assert found[0] == ("bad-settings", 3, "G")
    assert [step.id for step in back.steps] == ["call", "later"]


def test_settings_that_can_not_be_read_are_told(load_text: Callable[..., Sop], files: MemoryFiles) -> None:
    book, _rows = rows_of(current(load_text(SMALL), files=files, campaign="c", version=1).data)
    sheet = book["设置"]
    sheet.append(["nothing", "known"])
    back = load_what_can(saved(book), file="now.xlsx", files=files)

    assert ("bad-settings", "设置") in [(one.code, one.where.sheet) for one in back.warnings]
