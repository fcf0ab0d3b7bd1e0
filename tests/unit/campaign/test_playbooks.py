"""Which contingency plan is meant by a kind of trouble, and by what a member wrote."""

from __future__ import annotations

import pytest

from groupbot.campaign.playbooks import Contingencies, backed_up, kinds_of, playbook_about, playbook_for, steps_of
from groupbot.sop.document import Playbook, Sop
from groupbot.sop.planned import Source

HERE = Source(file="plan.xlsx", row=9)


def plans(**rows: str) -> list[Contingencies]:
    books = tuple(Playbook(symptom=symptom, words=words, source=HERE) for symptom, words in rows.items())
    return [
        Contingencies(campaign="camp", sop=Sop(name="demo", title="", timezone="UTC", playbooks=books, source=HERE))
    ]


USUAL = plans(
    有人质疑是骗子="1. 私聊了解情况\n2. 截图给班主任\n话术：您好，我们是正规机构，稍后有老师联系您。",
    学员要求退款="先安抚，再登记；三天内答复",
    有人发广告="请他撤回；再发就移出群",
    扫码进不来="拉人进群",
    机器人封号="换备用号",
    群里没人说话="@ 两位熟悉的同学",
)


@pytest.mark.parametrize(
    ("kind", "symptom"),
    [
        ("fraud", "有人质疑是骗子"),
        ("refund", "学员要求退款"),
        ("ads", "有人发广告"),
        ("full", "扫码进不来"),
        ("entry", "扫码进不来"),
        ("account", "机器人封号"),
        ("negative", "有人质疑是骗子"),
    ],
)
def test_a_kind_finds_its_row(kind: str, symptom: str) -> None:
    book = playbook_for(kind, USUAL)
    assert book is not None
    assert book.symptom == symptom


def test_a_kind_without_a_row_finds_none() -> None:
    assert playbook_for("flood", USUAL) is None
    assert playbook_for("fraud", []) is None


def test_steps_and_words_are_told_apart() -> None:
    book = playbook_for("fraud", USUAL)
    assert book is not None
    assert book.steps == ("私聊了解情况", "截图给班主任")
    assert book.words == "您好，我们是正规机构，稍后有老师联系您。"
    assert "1. 私聊了解情况" in backed_up(book, ["camp-2"])
    assert backed_up(book, ["camp-2"]).endswith("camp-2")


@pytest.mark.parametrize(
    ("said", "symptom"),
    [
        ("你們就是騙子，退錢！", "有人质疑是骗子"),
        ("我要退款", "学员要求退款"),
        ("群里怎么没人说话了", "群里没人说话"),
        ("今天天气不错", None),
    ],
)
def test_a_message_finds_the_row_that_fits(said: str, symptom: str | None) -> None:
    book = playbook_about(said, USUAL)
    assert (book and book.symptom) == symptom


def test_the_gravest_kind_comes_first() -> None:
    assert kinds_of("骗子！退款")[:2] == ("fraud", "refund")


@pytest.mark.parametrize(
    ("cell", "steps"),
    [
        ("1、安抚 2、登记", ("安抚", "登记")),
        ("1、安抚\n2、登记", ("安抚", "登记")),
        ("安抚\n登记", ("安抚", "登记")),
        ("① 安抚；② 登记", ("安抚", "登记")),
        ("", ()),
    ],
)
def test_steps_of_a_cell(cell: str, steps: tuple[str, ...]) -> None:
    assert steps_of(cell) == steps
