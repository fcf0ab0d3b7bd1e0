"""Steps that a person looks at before they are posted: in YAML, in sheets, and kept by what is written of them."""

from datetime import timedelta

import pytest

from groupbot.core.policies import Approval, Policies, Unapproved, load_policies
from groupbot.sop.document import Step
from groupbot.sop.load import load
from groupbot.sop.sheets.current import current
from groupbot.sop.workbook.row_rules import approval_in
from groupbot.sop.writing import to_yaml

from .workbook.build import KeepingFiles, book

SOP = """\
name: camp
title: Camp
phases:
  - name: run
    steps:
      - {{id: hello, at: D1 09:00, text: Good morning{more}}}
"""
LATER = Approval(ahead=timedelta(hours=3), default=Unapproved.SEND)


def step(more: str) -> Step:
    return load(SOP.format(more=more).encode(), file="camp.yaml", files=KeepingFiles()).steps[0]


@pytest.mark.parametrize(
    ("more", "approval"),
    [
        ("", None),
        (", approval: false", None),
        (", approval: true", Approval()),
        (", approval: 30m", Approval(ahead=timedelta(minutes=30))),
        (", approval: {ahead: 3h, default: send}", LATER),
    ],
)
def test_a_file_says_who_looks(more, approval):
    assert step(more).policies.approval == approval


@pytest.mark.parametrize(
    ("cell", "approval"),
    [
        ("", None),
        ("否", None),
        ("不需要", None),
        ("是", Approval()),
        ("√", Approval()),
        ("提前30分钟", Approval(ahead=timedelta(minutes=30))),
        ("提前3小时，没审也发", LATER),
    ],
)
def test_a_cell_says_who_looks(cell, approval):
    assert approval_in(cell) == approval


def test_a_sheet_has_a_column_for_it():
    data = book(("时间", "话术", "需审核"), ("D1 09:00", "早上好", "是"), ("D1 20:00", "晚上好", ""))
    sop = load(data, file="营期.xlsx", files=KeepingFiles())
    assert [one.policies.approval for one in sop.steps] == [Approval(), None]


def test_what_is_written_of_it_reads_the_same():
    sop = load(SOP.format(more=", approval: {ahead: 3h, default: send}").encode(), file="c.yaml", files=KeepingFiles())
    again = load(to_yaml(sop).encode(), file="c.yaml", files=KeepingFiles())
    assert again.steps[0].policies.approval == LATER
    sheet = current(sop, files=KeepingFiles(), campaign="camp", version=1)
    assert sheet.left_out == ()
    assert load(sheet.data, file="c.xlsx", files=KeepingFiles()).steps[0].policies.approval == LATER


def test_the_store_keeps_it_and_texts_without_it_stay():
    assert load_policies(Policies(approval=LATER).dump()).approval == LATER
    assert "approval" not in Policies().dump()
    assert load_policies(Policies().dump()).approval is None
