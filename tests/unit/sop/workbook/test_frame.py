"""What stands around the steps: front sheet, libraries, FAQ, playbooks, goals."""

from __future__ import annotations

from .build import book, books, loaded, planned, posts, problems, said

STEPS = [("时间", "内容"), ("第1天 9:00", "一")]


def codes(sop: object) -> list[str]:
    return [code for _level, code, _cell in problems(sop)]  # type: ignore[arg-type]


def test_a_front_sheet_gives_title_goals_event_roles_zone_and_groups() -> None:
    front = [
        ("活动名称", "春季共读营"),
        ("活动目的", "让新朋友读完一本书"),
        ("考核指标", "完课率60%"),
        ("目标人群", "新用户"),
        ("直播时间", "2026-05-23 20:00"),
        ("角色", "主讲=林老师、班主任"),
        ("时区", "Asia/Tokyo"),
        ("适用群", "标签：共读；一群"),
        ("免打扰", "22:30-07:00"),
        ("变量", "book=小王子"),
        ("规则", "先到先得"),
    ]
    sop = loaded(books({"项目": front, "排期": [*STEPS, ("直播前30分钟", "还有半小时，带上《{book}》")]}))

    assert (sop.title, sop.timezone, sop.event.name) == ("春季共读营", "Asia/Tokyo", "直播")
    assert [(goal.text, goal.target) for goal in sop.goals] == [("让新朋友读完一本书", "完课率60%")]
    assert sop.roles == {"主讲": "林老师", "班主任": "班主任"}
    assert [(one.by, one.values) for one in sop.groups] == [("tag", ("共读",)), ("names", ("一群",))]
    assert sop.quiet is not None
    assert posts(planned(sop)) == [("05-18 09:00", "一"), ("05-23 19:30", "还有半小时，带上《小王子》")]
    assert codes(sop) == []


def test_more_than_two_goals_are_an_error() -> None:
    sop = loaded(books({"项目": [("目的", "1. 拉新\n2. 成交\n3. 复购"), ("主题", "五月")], "排期": STEPS}))

    assert codes(sop) == ["too-many-goals"]


def test_a_label_that_is_not_known_is_named() -> None:
    sop = loaded(books({"项目": [("目的", "拉新"), ("主题", "五月"), ("吉祥物", "小熊")], "排期": STEPS}))

    assert problems(sop) == [("warning", "row-not-read", "A3")]


def test_rows_call_scripts_and_materials_by_name() -> None:
    data = books(
        {
            "排期": [
                ("时间", "话术", "素材"),
                ("第1天 9:00", "开营欢迎", None),
                ("第1天 10:00", "见话术库：异议处理", "课表"),
                ("第1天 11:00", "话术库-没有这条", None),
            ],
            "话术库": [
                ("话术名称", "使用场景", "话术正文"),
                ("开营欢迎", "群内", "欢迎大家"),
                ("异议处理", "私聊", "理解你的顾虑"),
            ],
            "素材库": [("素材名称", "素材类型", "链接"), ("课表", "链接", "https://example.com/k")],
        }
    )
    made = planned(data)

    assert [said(row) for row in made.deliveries] == [["欢迎大家"], ["理解你的顾虑", "link https://example.com/k"]]
    assert problems(made) == [("error", "unknown-script", "B4")]


def test_a_material_that_is_not_there_is_an_error_and_a_suggestion_a_warning() -> None:
    wanted = loaded(book(("时间", "话术", "素材名称"), ("第1天 9:00", "看图", "开营海报")))
    suggested = loaded(book(("时间", "话术", "素材建议"), ("第1天 9:00", "看图", "开营海报")))

    assert problems(wanted) == [("error", "material-wanted", "C2")]
    assert problems(suggested) == [("warning", "material-wanted", "C2")]
    assert len(wanted.steps) == 1


def test_a_sheet_of_questions_becomes_replies() -> None:
    sop = loaded(
        books(
            {
                "排期": STEPS,
                "常见问题": [("问题", "回答"), ("怎么报名？/报名", "点群公告的链接"), ("几点上课", "晚八点")],
            }
        )
    )

    assert [(reply.keywords, reply.text.text) for reply in sop.replies] == [
        (("怎么报名", "报名"), "点群公告的链接"), (("几点上课",), "晚八点"),
    ]  # fmt: skip
    assert [(one.kind, one.condition) for one in planned(sop).triggers] == [
        ("keyword", "怎么报名、报名"),
        ("keyword", "几点上课"),
    ]


def test_a_sheet_of_trouble_becomes_playbooks() -> None:
    sop = loaded(
        books(
            {
                "排期": STEPS,
                "风险预案": [("风险点", "应对措施"), ("有人发广告", "先提醒，再移出"), ("群满了", "发二群的码")],
            }
        )
    )

    assert [(one.symptom, one.words, one.source.row) for one in sop.playbooks] == [
        ("有人发广告", "先提醒，再移出", 2), ("群满了", "发二群的码", 3),
    ]  # fmt: skip
    assert [one.kind for one in planned(sop).triggers] == ["playbook", "playbook"]


def test_sections_at_the_end_are_no_steps() -> None:
    sop = loaded(
        book(
            ("阶段", "动作", "时间", "话术"),
            ("开营", "问好", "第1天 9:00", "早"),
            ("达成目标", "进群人数", "300人", None),
            ("风险管理", "没人说话", "抛一个话题", None),
            ("FAQ", "几点上课", "晚八点", None),
            ("备注", "以最新版为准", None, None),
        )
    )

    assert len(sop.steps) == 1
    assert [(goal.text, goal.target) for goal in sop.goals] == [("进群人数", "300人")]
    assert [(one.symptom, one.words) for one in sop.playbooks] == [("没人说话", "抛一个话题")]
    assert [reply.keywords for reply in sop.replies] == [("几点上课",)]
    assert problems(sop) == [("warning", "row-not-read", "B6")]


def test_a_table_of_one_project_is_its_frame() -> None:
    project = [("项目名称", "城市", "社群周期", "开始日期", "生成状态"), ("暑期营", "长沙", "14天", "7月6日", "已生成")]
    sop = loaded(books({"排期": STEPS, "项目表": project}))

    assert (sop.title, codes(sop)) == ("暑期营", [])


def test_blanks_of_scripts_are_variables_that_a_launch_gives() -> None:
    sop = loaded(book(("时间", "话术"), ("第1天 9:00", "欢迎来到{{ shop }}")))

    assert list(sop.variables) == ["shop"]
    assert ("error", "missing-variable", "B2") in problems(planned(sop))
