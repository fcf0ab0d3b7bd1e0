"""The preview: values, the terminal, the page (escaped, self-contained) and the workbook."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from groupbot.cli.sop import app
from groupbot.sop.document import Sop
from groupbot.sop.planned import Plan, PlanGroup
from groupbot.sop.planner import plan
from groupbot.sop.preview.book import workbook
from groupbot.sop.preview.calendar import Preview, only, preview
from groupbot.sop.preview.expected import Expected
from groupbot.sop.preview.page import page

START = date(2026, 5, 18)
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
TEXT = """\
name: small
title: 小营 <b>
roles: {host: 主讲}
materials: {poster: {path: poster.png}}
phases:
  - name: 开营
    steps:
      - {id: hello, at: "D1 20:00", speaker: host, parts: [{text: "大家好 {{ group }}"}, {image: poster, gap: 3s}]}
      - {id: later, at: "D1 20:30", text: "=1+1"}
      - {id: note, at: "D2 09:00", task: 打电话, assignee: 小周}
      - {id: open, task: 巡群}
      - {id: evil, at: "D2 20:00", text: "%s", mention: [host]}
"""


@pytest.fixture
def made(load_text: Callable[[str], Sop]) -> tuple[Preview, Sop]:
    sop = load_text(TEXT % EVIL)
    planned = plan(sop, groups=[PlanGroup(name="A"), PlanGroup(name="B<i>")], start=START)
    return preview(planned, expected_of(planned)), sop


def expected_of(planned: Plan) -> list[Expected]:
    """The first group at once, the second 90 s later; of the last step the second group is left out."""
    found = []
    for row in planned.deliveries:
        begins = row.due.astimezone(UTC) + timedelta(seconds=0 if row.group == "A" else 90)
        ends = begins + timedelta(seconds=sum(part.gap_s for part in row.parts))
        found.append(Expected(begins=begins, ends=ends, is_left_out=row.step == "evil" and row.group != "A"))
    return found


class TestCalendar:
    def test_what_is_equal_stands_once(self, made: tuple[Preview, Sop]) -> None:
        shown, _sop = made
        first, second = shown.days
        hello, later = first.posts

        assert [day.day.day for day in shown.days] == [18, 19]
        assert (hello.step, hello.speaker, hello.groups) == ("hello", "主讲", ("A", "B<i>"))
        assert (len(hello.versions), hello.version_of) == (2, (0, 1))
        assert (len(later.versions), later.version_of) == (1, (0, 0))
        assert f"{hello.last_at:%H:%M:%S}" == "20:01:33"
        assert [post.left_out for post in (hello, second.posts[0])] == [0, 1]
        assert [task.step for task in second.tasks] == ["note"]
        assert [task.step for task in shown.undated] == ["open"]

    def test_messages_are_counted_by_the_hour_in_which_they_begin(self, made: tuple[Preview, Sop]) -> None:
        shown, _sop = made

        assert {f"{hour:%d %H:%M}": count for hour, count in shown.per_hour.items()} == {"18 20:00": 6, "19 20:00": 1}
        assert shown.busiest is not None
        assert shown.busiest[1] == 6

    def test_one_group_sees_its_own_words(self, made: tuple[Preview, Sop]) -> None:
        own = only(made[0], "B<i>")

        assert [post.versions[0][0].content.text for post in own.days[0].posts] == ["大家好 B<i>", "=1+1"]  # type: ignore[union-attr]
        assert own.days[0].posts[0].groups == ("B<i>",)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class TestPage:
    def parsed(self, made: tuple[Preview, Sop]) -> tuple[str, _Tags]:
        text = page(made[0], made[1].roles)
        tags = _Tags()
        tags.feed(text)
        return text, tags

    def test_everything_from_the_sop_is_escaped(self, made: tuple[Preview, Sop]) -> None:
        text, tags = self.parsed(made)

        assert [tag for tag, _attrs in tags.seen].count("script") == 2
        assert not {"img", "b<i>"} & {tag for tag, _attrs in tags.seen}
        assert [tag for tag, _attrs in tags.seen].count("i") == 0
        assert EVIL not in text
        assert any(EVIL in said for said in tags.texts)

    def test_it_needs_nothing_from_anywhere(self, made: tuple[Preview, Sop]) -> None:
        text, tags = self.parsed(made)

        assert not [name for _tag, attrs in tags.seen for name in attrs if name == "src" or name.startswith("on")]
        assert "default-src 'none'" in text
        assert "url(" not in text
        assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in tags.seen

    def test_the_data_of_each_group_is_whole(self, made: tuple[Preview, Sop]) -> None:
        text, _tags = self.parsed(made)
        found = re.search(r'<script id="data" type="application/json">(.*?)</script>', text)
        assert found
        data = json.loads(found[1])

        assert data["groups"] == ["A", "B<i>"]
        hello = data["posts"][0]
        assert hello["w"][hello["v"][1]] == [["", "大家好 B<i>", 0.0], ["picture", "poster.png", 3.0]]
        assert (hello["t"], hello["b"], data["audiences"][hello["g"]]) == ("20:00", [0, 90], [0, 1])
        assert data["posts"][-1]["x"] == [1]
        assert data["posts"][-1]["w"] == [[["", f"@主讲 {EVIL}", 0.0]]]

    def test_when_the_last_group_has_it_is_told(self, made: tuple[Preview, Sop]) -> None:
        text, _tags = self.parsed(made)

        assert "last group has it at 20:01:33" in text
        assert "1 groups left out" in text


class TestBook:
    def test_a_calendar_and_a_sheet_of_posts(self, made: tuple[Preview, Sop]) -> None:
        book = openpyxl.load_workbook(BytesIO(workbook(made[0], made[1].roles)))
        calendar, posts, tasks = book.worksheets

        assert [cell.value for cell in calendar[1]] == ["time", "05-18 Mon", "05-19 Tue"]
        assert [calendar.cell(row, 1).value for row in (2, 3)] == ["20:00", "20:30"]
        assert calendar["B2"].value == "hello (2 groups): 大家好 A → 20:01"
        assert (calendar.freeze_panes, posts.freeze_panes) == ("B2", "A2")
        rows = [[cell.value for cell in row] for row in posts.iter_rows(min_row=2)]
        assert [(row[3], row[6], row[7], row[10]) for row in rows] == [
            ("hello", 1, "A", 2),
            ("hello", 1, "B<i>", 2),
            ("later", 2, "A, B<i>", 1),
            ("evil", 2, "A, B<i>", 1),
        ]
        assert rows[0][5] == "大家好 A\n---\n[picture] poster.png"
        assert [row[4].value for row in tasks.iter_rows(min_row=2)] == ["打电话", "巡群"]

    def test_words_that_look_like_formulas_are_none(self, made: tuple[Preview, Sop]) -> None:
        posts = openpyxl.load_workbook(BytesIO(workbook(made[0], {}))).worksheets[1]

        assert (posts["F4"].value, posts["F4"].data_type) == ("=1+1", "s")

    def test_many_wordings_are_one_row(self, made: tuple[Preview, Sop]) -> None:
        sop = replace(made[1], warnings=())
        planned = plan(sop, groups=[PlanGroup(name=f"g{number:02}") for number in range(60)], start=START)
        posts = openpyxl.load_workbook(BytesIO(workbook(preview(planned, expected_of(planned)), {}))).worksheets[1]

        assert [posts["G2"].value, posts["K2"].value] == [60, 60]
        assert posts["H2"].value.endswith("g49, …")


class TestCommand:
    def run(self, tmp_path: Path, *more: str) -> tuple[int, str]:
        (tmp_path / "poster.png").write_bytes(b"x")
        path = tmp_path / "small.yaml"
        path.write_text(TEXT % "再见", encoding="utf-8")
        result = CliRunner().invoke(app, ["preview", str(path), "--start", "2026-05-18", *more])
        return result.exit_code, result.stdout

    def test_the_terminal_shows_each_day(self, tmp_path: Path) -> None:
        status, out = self.run(tmp_path, "--groups", "A,B,C")

        assert status == 0
        assert "05-18 Mon" in out
        assert "20:00:17" in out  # three groups, two messages each, 3.45 s between
        assert "9 posts to 3 groups in 2 days" in out

    def test_one_group_in_full(self, tmp_path: Path) -> None:
        status, out = self.run(tmp_path, "--groups", "A,B,C", "--group", "B")

        assert status == 0
        assert "大家好 B" in out
        assert "大家好 A" not in out
        assert self.run(tmp_path, "--groups", "A", "--group", "Z")[0] == 2

    def test_files_and_a_group_list(self, tmp_path: Path) -> None:
        names = tmp_path / "names.txt"
        names.write_text("\n".join(f"g{number}" for number in range(400)), encoding="utf-8")
        html, xlsx = tmp_path / "p.html", tmp_path / "p.xlsx"

        status, out = self.run(tmp_path, "--group-list", str(names), "--html", str(html), "--xlsx", str(xlsx))

        assert status == 0
        assert "pace-too-slow" in out
        assert "g399" in html.read_text(encoding="utf-8")
        assert len(openpyxl.load_workbook(xlsx).worksheets) == 4

    def test_a_list_may_let_groups_begin_on_other_days(self, tmp_path: Path) -> None:
        names = tmp_path / "groups.csv"
        names.write_text("group,start\nA,\nB,2026-06-20\n", encoding="utf-8")

        status, out = self.run(tmp_path, "--group-list", str(names), "--group", "B")

        assert status == 0
        assert "06-20" in out

    def test_a_config_gives_groups_accounts_and_their_pace(self, tmp_path: Path) -> None:
        config = tmp_path / "config.toml"
        config.write_text(
            """
locale = "en"
[[accounts]]
name = "main"
adapter = "console"
pacing = {account_interval_s = 100, jitter = 0}
[[groups]]
name = "camp-1"
account = "main"
id = "r1"
[[groups]]
name = "camp-2"
account = "main"
id = "r2"
""",
            encoding="utf-8",
        )

        status, out = self.run(tmp_path, "--config", str(config))

        assert status == 0
        assert "20:05:00" in out  # four messages with 100 s between them

    def test_a_broken_sop_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "bad.yaml"
        path.write_text("name: bad", encoding="utf-8")

        result = CliRunner().invoke(app, ["preview", str(path), "--start", "2026-05-18"])

        assert result.exit_code == 1
        assert "missing-key" in result.stdout


def test_hours_of_another_zone_begin_on_its_own_hour(load_text: Callable[[str], Sop]) -> None:
    sop = replace(load_text(TEXT % "x"), timezone="Asia/Kolkata")
    planned = plan(sop, groups=[PlanGroup(name="A")], start=START)

    shown = preview(planned, expected_of(planned))

    assert min(shown.per_hour) == datetime.fromisoformat("2026-05-18T20:00:00+05:30")


def test_a_day_tells_tasks_and_posts_as_they_come(made: tuple[Preview, Sop]) -> None:
    shown, _sop = made
    assert [[item.step for item in day.by_time] for day in shown.days] == [["hello", "later"], ["note", "evil"]]
