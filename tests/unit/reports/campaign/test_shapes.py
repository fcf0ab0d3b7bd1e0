"""The report as card, page, workbook and picture: the same figures, and nothing of a member's name acts."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from PIL import Image

from groupbot import i18n
from groupbot.reports.campaign.page import as_html
from groupbot.reports.campaign.picture import picture
from groupbot.reports.campaign.values import By, MemberFigures, Posts
from groupbot.reports.campaign.words import card_text, rows_text
from groupbot.reports.campaign.workbook import as_workbook
from groupbot.reports.letters import letters
from groupbot.sop.document import Goal
from tests.unit.reports.campaign.figures import made, people, yuan

DAY = date(2026, 5, 19)


@pytest.fixture
def told():
    by_day = {
        "2026-05-18": people(joined=300, signed_up=100),
        str(DAY): people(joined=200, replied=90, signed_up=80, paid=20, left=3)
        | {"revenue:CNY": yuan("2000") * 20, "cost:CNY": yuan("5000"), "messages": 400, "active": 150},
    }
    channels = {"poster": people(joined=120, paid=15), "": people(joined=80, paid=5)}
    return made(
        Goal(text="报名 200 人"),
        by_day=by_day,
        today=DAY,
        day=DAY,
        lines={By.CHANNEL: channels, By.GROUP: {"g1": people(joined=200, paid=20)}},
        posts=Posts(on_time=9, late=1),
        members=(MemberFigures(member="wx_1", name="=HYPERLINK(1)<b>x"),),
        questions=("怎么付款 ×4",),
    )


def test_the_card_says_it_on_one_screen(told):
    i18n.use("en")
    text = card_text(told)
    assert "180 of 200" in text
    assert "paid 20 (25.0%)" in text
    assert "¥40,000" in text
    assert "ROI 700.0%" in text
    assert "9 of 10 (90.0%)" in text
    assert "unknown: joined 80, paid 5" in text
    assert len(text.splitlines()) < 25


def test_a_goal_that_nothing_measures_has_no_share():
    i18n.use("en")
    assert "Goal: 大家开心 (no figure to measure it by)" in card_text(made(Goal(text="大家开心"))).splitlines()


def test_rows_by_what_somebody_asked_for(told):
    i18n.use("en")
    assert "· poster: joined 120, paid 15 (12.5%)" in rows_text(told, By.CHANNEL)


def test_the_page_holds_nothing_that_acts(told):
    page = as_html(told)
    assert "<b>x" not in page
    assert "=HYPERLINK(1)&lt;b&gt;x" in page
    assert "http" not in page


def test_the_workbook_holds_figures_as_figures(told):
    book = load_workbook(io.BytesIO(as_workbook(told)))
    channel = next(sheet for sheet in book if sheet["A2"].value == "poster")
    row = {head.value: cell.value for head, cell in zip(channel[1], channel[2], strict=True)}
    assert 120 in row.values()
    assert 0.125 in row.values()
    names = [cell for sheet in book for cells in sheet for cell in cells if str(cell.value).startswith("=")]
    assert [cell.data_type for cell in names] == ["s"]


def test_the_picture_is_as_wide_as_a_phone(told):
    with Image.open(io.BytesIO(picture(told, letters()))) as image:
        assert image.width == 1080
        assert 1500 < image.height < 6000
