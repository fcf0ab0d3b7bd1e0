"""What becomes of a row: a post, a trigger, a task for a person, or a problem that names its cell."""

from __future__ import annotations

import pytest

from .build import book, loaded, planned, posts, problems, said

HEAD = ("动作", "时间", "话术", "状态", "负责人")


@pytest.mark.parametrize("action", ["打电话追单", "拉群", "踢人", "到店接待"])
def test_what_only_people_do_is_a_task_with_the_words_ready(action: str) -> None:
    made = planned(book(HEAD, (action, "第1天 20:00", "准备好的话", None, "小周")))

    (task,) = made.tasks
    assert made.deliveries == ()
    assert task.text == f"{action}\n准备好的话"
    assert (task.assignee, f"{task.due:%m-%d %H:%M}", task.source.row) == ("小周", "05-18 20:00", 2)


@pytest.mark.parametrize("action", ["发红包", "解散群", "禁言", "幸运抽奖"])
def test_the_words_of_a_deed_in_the_group_are_posted_and_the_deed_is_a_task(action: str) -> None:
    made = planned(book(HEAD, (action, "第1天 20:00", "准备好的话", None, "小周")))

    (task,) = made.tasks
    assert posts(made) == [("05-18 20:00", "准备好的话")]
    assert (task.text, task.assignee, f"{task.due:%m-%d %H:%M}") == (action, "小周", "05-18 20:00")


def test_words_of_a_deed_elsewhere_are_posted_when_the_channel_is_the_group() -> None:
    rows = [("发货", "第1天 18:00", "明早发出", "群内"), ("电话回访", "第1天 19:00", "您好", "私聊")]
    made = planned(book(("动作", "时间", "推送内容", "渠道"), *rows))

    assert posts(made) == [("05-18 18:00", "明早发出")]
    assert [task.text for task in made.tasks] == ["【群内】发货", "【私聊】电话回访\n您好"]


@pytest.mark.parametrize(
    ("heading", "when", "words"),
    [
        ("具体内容", "第1天 20:00", "送三份到店礼"),
        ("话术", "不定时", "手慢无"),
        ("话术", "第1天 20:00", "发一个大红包"),
    ],
)
def test_a_deed_that_is_only_told_or_has_no_time_is_one_task(heading: str, when: str, words: str) -> None:
    made = planned(book(("动作", "时间", heading), ("抽奖", when, words)))

    (task,) = made.tasks
    assert made.deliveries == ()
    assert task.text.endswith(f"抽奖\n{words}")


@pytest.mark.parametrize("action", ["红包预告", "抽奖规则", "解散通知", "打卡提醒"])
def test_a_notice_of_it_is_posted(action: str) -> None:
    assert posts(planned(book(HEAD, (action, "第1天 20:00", "今晚见", None, None)))) == [("05-18 20:00", "今晚见")]


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        ("入群", "join"),
        ("加好友", "friend"),
        ("加顾问好友", "friend"),
        ("满200人", "members"),
        ("当天未打卡", "no_action"),
        ("未付费", "no_action"),
        ("关键词：报名", "keyword"),
        ("直播结束后", "event_end"),
    ],
)
def test_an_event_in_the_time_column_is_a_trigger(when: str, kind: str) -> None:
    made = planned(book(HEAD, ("动作", when, "说的话", None, None)))

    (trigger,) = made.triggers
    assert (trigger.kind, trigger.text, trigger.source.row) == (kind, "说的话", 2)
    assert (made.deliveries, made.tasks, problems(made)) == ((), (), [])


def test_a_row_without_a_time_may_say_its_event_in_its_name() -> None:
    made = planned(book(HEAD, ("进群欢迎语", None, "欢迎新朋友", None, None), ("收尾", "第1天 9:00", "好", None, None)))

    assert [(one.kind, one.text) for one in made.triggers] == [("join", "欢迎新朋友")]


def test_some_minutes_later_counts_from_the_row_above() -> None:
    made = loaded(
        book(
            HEAD,
            ("欢迎", "入群", "你好", None, None),
            ("送券", "约5分钟后", "券到账了", None, None),
            ("开场", "第1天 9:00", "开场了", None, None),
            ("跟进", "10分钟后", "说说看", None, None),
        )
    )

    welcome, coupon, _opening, _follow = made.steps
    assert (welcome.trigger.kind, coupon.trigger.kind, coupon.trigger.minutes) == ("join", "join", 5)
    assert posts(planned(made)) == [("05-18 09:00", "开场了"), ("05-18 09:10", "说说看")]


@pytest.mark.parametrize("when", ["", "不定时", "日常活动", "随时"])
def test_no_time_is_a_task_without_a_clock(when: str) -> None:
    made = planned(book(HEAD, ("看群", when, "有问题就答", None, None), ("好", "第1天 9:00", "好", None, None)))

    (task,) = made.tasks
    assert task.due is None
    assert "有问题就答" in task.text


@pytest.mark.parametrize("state", ["已取消", "取消", "作废", "不执行"])
def test_a_row_that_is_off_is_left_out_with_a_notice(state: str) -> None:
    made = planned(book(HEAD, ("甲", "第1天 9:00", "不发", state, None), ("乙", "10:00", "要发", "进行中", None)))

    assert posts(made) == [("05-18 10:00", "要发")]
    assert problems(made) == [("warning", "row-left-out", "D2")]


@pytest.mark.parametrize(
    "row", [("气氛", "第1天 9:00", "水军先聊起来", None, None), ("气氛", "第1天 9:00", "好期待", None, "水军")]
)
def test_staged_members_are_refused(row: tuple[str | None, ...]) -> None:
    made = planned(book(HEAD, row, ("乙", "10:00", "要发", None, None)))

    assert posts(made) == [("05-18 10:00", "要发")]
    assert [(level, code) for level, code, _cell in problems(made)] == [("error", "staged-members")]


@pytest.mark.parametrize(
    "words",
    [
        "我是xx老师", "点这里报名 +注册链接", "X日晚上见", "满X人开奖", "欢迎来到{store_name}", "{门店名}的朋友",
        "看图+自己的海报", "原价×××元", "加老师微信：____", "链接：【插入链接】", "[姓名]你好", "某某老师来了",
        "时间待定",
    ],
)  # fmt: skip
def test_a_placeholder_in_words_to_post_is_an_error_at_its_cell(words: str) -> None:
    assert ("error", "placeholder-left", "C2") in problems(loaded(book(HEAD, ("甲", "第1天 9:00", words, None, None))))


@pytest.mark.parametrize(
    "words",
    [
        "iPhone XX 和 XXL 码都有",
        "[微笑] 早安",
        "1+1 活动",
        "看 https://a.cn/x/xx?b=1",
        "3×3 的格子",
        "【重要】看群公告",
    ],
)
def test_ordinary_words_are_no_placeholder(words: str) -> None:
    found = problems(loaded(book(HEAD, ("甲", "第1天 9:00", words.replace("XX 和", "15 和"), None, None))))

    assert [code for _level, code, _cell in found if code == "placeholder-left"] == []


def test_a_placeholder_in_the_time_is_an_error_at_its_cell() -> None:
    made = planned(book(HEAD, ("甲", "X日晚X点", "好", None, None), ("乙", "第1天 9:00", "要发", None, None)))

    assert problems(made) == [("error", "placeholder-left", "B2")]
    assert posts(made) == [("05-18 09:00", "要发")]


def test_a_time_that_is_not_understood_is_an_error_at_its_cell() -> None:
    assert problems(loaded(book(HEAD, ("甲", "月圆之夜", "好", None, None))))[0] == ("error", "bad-time", "B2")


def test_explicit_marks_make_several_messages() -> None:
    made = planned(
        book(
            HEAD,
            ("甲", "第1天 9:00", "① 早上好\n② 今天有课\n③ 晚上见", None, None),
            ("乙", "10:00", "一段\n---\n两段", None, None),
            ("丙", "11:00", "第一行\n\n第二行", None, None),
        )
    )

    assert [said(row) for row in made.deliveries] == [
        ["早上好", "今天有课", "晚上见"], ["一段", "两段"], ["第一行\n\n第二行"],
    ]  # fmt: skip


def test_calling_everybody_is_a_mention_and_no_words() -> None:
    (only,) = planned(book(HEAD, ("甲", "第1天 9:00", "@所有人 今晚八点见", None, None))).deliveries

    assert said(only) == ["今晚八点见"]
    assert only.parts[0].content.mentions == ("@all",)


def test_a_formula_counts_by_its_stored_value_and_a_text_like_one_is_never_posted() -> None:
    made = loaded(book(HEAD, ("甲", "第1天 9:00", '=A2&"好"', None, None), ("乙", "10:00", "要发", None, None)))

    assert problems(made) == [("error", "formula-without-value", "C2")]
    assert posts(planned(made)) == [("05-18 10:00", "要发")]


def test_ids_stay_when_rows_move_and_never_collide() -> None:
    rows = [("甲", f"第{day}天 9:00", "早安", None, None) for day in (1, 2, 3)]
    twice = [("乙", "第4天 9:00", "一样的话", None, None)] * 2
    before = loaded(book(HEAD, *rows, *twice)).steps
    after = loaded(book(HEAD, ("新", "第1天 7:00", "新来的", None, None), *reversed(rows), *twice)).steps

    assert len({step.id for step in before}) == 5
    assert {step.id for step in before} < {step.id for step in after}


def test_a_row_that_says_nothing_is_named() -> None:
    made = loaded(book(HEAD, (None, "第1天 9:00", None, None, None), ("乙", "第1天 10:00", "好", None, None)))

    assert problems(made) == [("warning", "empty-row", "A2")] or problems(made)[0][1] == "empty-row"


def test_a_role_speaks_and_a_person_is_assigned() -> None:
    made = loaded(book(("时间", "内容", "发布账号", "负责人"), ("第1天 9:00", "你好", "班主任", "小周")))

    assert (made.steps[0].speaker, made.roles) == ("班主任", {"班主任": "班主任"})


def test_a_day_with_an_event_instead_of_a_clock_waits_for_the_event() -> None:
    made = planned(book(("天数", "时间", "话术"), (6, "回复关键词“报名”", "收到啦"), (6, "晚8点", "晚上见")))

    assert [(one.kind, one.condition, one.text) for one in made.triggers] == [
        ("keyword", "6 回复关键词“报名”", "收到啦")
    ]
    assert posts(made) == [("05-23 20:00", "晚上见")]
