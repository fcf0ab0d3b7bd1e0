"""Workbooks that groupbot writes: the starting one loads and lints clean, the marked one is the operator's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import yaml
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from typer.testing import CliRunner

from groupbot import i18n
from groupbot.cli.sop import app
from groupbot.sop.lint.rules import lint
from groupbot.sop.load import load
from groupbot.sop.planned import PlanGroup, Problem, SopError, Source
from groupbot.sop.planner import plan
from groupbot.sop.sheets.cells import put, saved
from groupbot.sop.sheets.current import current
from groupbot.sop.sheets.current import marked as marked_by
from groupbot.sop.sheets.marking import marked, pictures_lost
from groupbot.sop.sheets.starter import starter
from groupbot.sop.sheets.starter_words import first_day
from tests.unit.sop.conftest import MemoryFiles
from tests.unit.sop.workbook.build import KeepingFiles, planned, said
from tests.unit.sop.workbook.test_pictures import floating, wps

TODAY = date(2026, 5, 13)


@pytest.fixture(params=i18n.LOCALES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    i18n.use(request.param)
    yield request.param
    i18n.use("zh")


class TestStarter:
    def test_it_loads_lints_clean_and_can_be_planned(self, language: str, files: MemoryFiles) -> None:
        sop = load(starter(language, TODAY), file="first.xlsx", files=files)
        made = plan(sop, groups=[PlanGroup(name="A")], start=first_day(TODAY))

        assert sop.warnings + lint(sop) + made.problems == ()
        assert (len(made.deliveries), len(made.tasks)) == (6, 2)
        assert [f"{one.due:%d %H:%M}" for one in made.deliveries][-2:] == ["20 19:30", "20 21:40"]
        assert {one.speaker for one in made.deliveries} == set(sop.roles)
        assert (len(sop.goals), len(sop.playbooks), sop.event is not None) == (1, 3, True)

    def test_it_is_comfortable_to_fill_in(self, language: str) -> None:
        book = openpyxl.load_workbook(BytesIO(starter(language, TODAY)))
        steps = book.worksheets[1]

        assert steps.freeze_panes == "A2"
        assert all(cell.comment for cell in steps[1])
        offered = {str(one.sqref): one.formula1 for one in steps.data_validations.dataValidation}
        assert offered["E2:E500"].startswith('"群内')
        assert "I2:I500" in offered
        assert steps.column_dimensions["G"].width > 40

    def test_the_command_does_not_overwrite(self, tmp_path: Path) -> None:
        out = tmp_path / "first.xlsx"
        run = CliRunner()

        assert run.invoke(app, ["template", str(out)]).exit_code == 0
        assert run.invoke(app, ["check", str(out)]).exit_code == 0
        out.write_bytes(b"mine")
        assert run.invoke(app, ["template", str(out)]).exit_code == 2
        assert out.read_bytes() == b"mine"
        assert run.invoke(app, ["template", str(tmp_path / "first.yaml")]).exit_code == 2


def own_book() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "排期"
    for row in (["时间", "话术"], ["第1天 25:00", "大家好"], ["第1天 20:00", "看 https://t.cn/a"], [None, "第二条"]):
        sheet.append(row)
    sheet.column_dimensions["B"].width = 61
    sheet["B2"].font = Font(bold=True, color="123456")
    sheet["B2"].fill = PatternFill("solid", fgColor="00FF00")
    sheet["B3"].comment = Comment("老板看过了", "me")
    sheet.merge_cells("A3:A4")
    sheet["C2"] = "=1+1"
    return book


def problem(
    level: str, row: int | None, column: str | None, *, sheet: str | None = "排期", code: str = "bad-time"
) -> Problem:
    where = Source(file="a.xlsx", sheet=sheet, row=row, column=column)
    return Problem(level=level, code=code, message="Wrong.", hint="Mend it.", where=where)  # type: ignore[arg-type]


class TestMarking:
    def mark(self, *problems: Problem) -> openpyxl.Workbook:
        return openpyxl.load_workbook(BytesIO(marked(saved(own_book()), problems, file="a.xlsx")))

    def test_cells_are_coloured_and_commented(self, english: None) -> None:
        sheet = self.mark(problem("error", 2, "A"), problem("warning", 3, "B"))["排期"]

        assert sheet["A2"].fill.fgColor.rgb == "00FFC7CE"
        assert sheet["A2"].comment.text == "error[bad-time]: Wrong.\n→ Mend it."
        assert sheet["B3"].fill.fgColor.rgb == "00FFEB9C"
        assert sheet["B3"].comment.text.startswith("老板看过了\n\nwarning")
        assert sheet.sheet_properties.tabColor.rgb == "00C00000"

    def test_all_else_stays(self) -> None:
        sheet = self.mark(problem("error", 2, "A"))["排期"]

        assert [[cell.value for cell in row] for row in sheet["A1:C2"]] == [
            ["时间", "话术", None],
            ["第1天 25:00", "大家好", "=1+1"],
        ]
        assert (sheet["B2"].font.b, sheet["B2"].fill.fgColor.rgb) == (True, "0000FF00")
        assert sheet.column_dimensions["B"].width == 61
        assert str(sheet.merged_cells) == "A3:A4"

    @pytest.mark.parametrize(
        ("where", "cell"),
        [
            (problem("error", 4, None), "B4"),
            (problem("error", 4, "A"), "A3"),
            (problem("error", None, None), "A1"),
            (problem("error", None, None, sheet=None), "A1"),
            (problem("error", 9, None), "A9"),
        ],
    )
    def test_a_problem_without_a_cell_is_told_at_the_nearest(self, where: Problem, cell: str) -> None:
        assert self.mark(where)["排期"][cell].comment is not None

    def test_the_worst_colours_the_cell_and_all_are_told(self) -> None:
        cell = self.mark(problem("warning", 2, "A", code="burst"), problem("error", 2, "A"))["排期"]["A2"]

        assert cell.fill.fgColor.rgb == "00FFC7CE"
        assert "burst" in cell.comment.text
        assert "bad-time" in cell.comment.text

    def test_floating_pictures_stay_at_their_rows(self) -> None:
        data = floating("C2", "C4")

        copy = marked(data, [problem("error", 2, "A", sheet="Sheet")], file="a.xlsx")

        assert pictures_lost(data, copy) == 0
        assert [said(row) for row in planned(copy).deliveries] == [said(row) for row in planned(data).deliveries]
        assert said(planned(copy).deliveries[0]) == ["看图", "image"]
        assert openpyxl.load_workbook(BytesIO(copy)).active["A2"].comment is not None

    def test_pictures_in_cells_stay(self) -> None:
        data = wps(("第1天 9:00", "看图", '=_xlfn.DISPIMG("ID_ABC",1)'))

        copy = marked(data, [problem("warning", 2, "B", sheet="排期")], file="a.xlsx")

        before, after = KeepingFiles(), KeepingFiles()
        assert said(planned(data, files=before).deliveries[0]) == ["看图", "image"]
        assert said(planned(copy, files=after).deliveries[0]) == ["看图", "image"]
        assert before.kept == after.kept

    def test_a_broken_file_is_refused(self) -> None:
        with pytest.raises(SopError):
            marked(b"PK no workbook", [], file="a.xlsx")

    def test_texts_that_begin_like_formulas_stay_texts(self) -> None:
        book = openpyxl.Workbook()
        put(book.active.cell(1, 1), "=HYPERLINK(1)\x07")

        cell = openpyxl.load_workbook(BytesIO(saved(book))).active["A1"]
        assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


class TestMarkCommand:
    def run(self, tmp_path: Path, *arguments: str) -> int:
        (tmp_path / "own.xlsx").write_bytes(saved(own_book()))
        return CliRunner().invoke(app, ["check", *arguments]).exit_code

    def test_it_returns_the_operators_sheet(self, tmp_path: Path) -> None:
        out = tmp_path / "out.xlsx"

        assert self.run(tmp_path, str(tmp_path / "own.xlsx"), "--mark", str(out)) == 1
        sheet = openpyxl.load_workbook(out)["排期"]
        assert "bad-time" in sheet["A2"].comment.text
        assert "short-link" in sheet["B3"].comment.text
        assert pictures_lost((tmp_path / "own.xlsx").read_bytes(), out.read_bytes()) == 0

    def test_what_can_not_be_marked(self, tmp_path: Path) -> None:
        own, text = str(tmp_path / "own.xlsx"), tmp_path / "a.yaml"
        text.write_text("name: a", encoding="utf-8")

        assert self.run(tmp_path, own, "--mark", own) == 2
        assert self.run(tmp_path, own, "--mark", str(tmp_path / "out.txt")) == 2
        assert self.run(tmp_path, str(text), "--mark", str(tmp_path / "out.xlsx")) == 2
        assert self.run(tmp_path, own, own, "--mark", str(tmp_path / "out.xlsx")) == 2
        assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("campaign", ["camp", "camp-20260518", "2026-05-18", "t-30m", "a" * 64])
def test_a_campaigns_sheet_holds_its_steps_whatever_the_campaign_is_called(campaign: str, files: MemoryFiles) -> None:
    steps = [{"id": name, "at": f"D{day} 20:00", "text": f"Words of {name}"} for day, name in enumerate("abc", start=1)]
    document = {"name": "reading", "title": "Reading", "phases": [{"name": "All", "steps": steps}]}
    sop = load(yaml.safe_dump(document).encode(), file="reading.yaml", files=files)

    made = current(sop, files=files, campaign=campaign, version=12)
    back = load(made.data, file="now.xlsx", files=files)

    assert made.left_out == ()
    assert [step.id for step in back.steps] == ["a", "b", "c"]
    assert back.warnings == ()
    assert marked_by(made.data, "now.xlsx") == (campaign, 12)
