"""What the starting workbook says, in Chinese and English.

Headings, labels and channels are the words that the loader reads, so they are no messages to translate: the English
book keeps them and puts their meaning in brackets before them, which the loader leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """A column: what stands above it, how wide it is (characters), what its comment tells, which values it offers."""

    word: str
    english: str
    width: int
    comment: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]] | None = None


STEP_HEADINGS = (
    Heading(
        word="阶段",
        english="phase",
        width=10,
        comment={
            "zh": "一段时期，如开营、学习、收尾。空着就和上一行相同。",
            "en": "A section. Blank: as in the row above.",
        },
    ),
    Heading(
        word="日期",
        english="day",
        width=12,
        comment={
            "zh": "第1天是活动的第一天；也可以写 5月18日、每天、每周三。",
            "en": "D1 is the first day; also a date, daily, or weekly Wed.",
        },
    ),
    Heading(
        word="时间",
        english="time",
        width=14,
        comment={
            "zh": "几点发：20:00、晚8点；或从活动时间算：直播前30分钟（日期就空着）。",
            "en": "When: 20:00; or counted from the event: T-30m (then leave the day blank).",
        },
    ),
    Heading(
        word="动作",
        english="step",
        width=14,
        comment={"zh": "这一步叫什么，给自己人看的。", "en": "What the step is called; for your team."},
    ),
    Heading(
        word="渠道",
        english="channel",
        width=12,
        comment={
            "zh": "群内由机器人发；朋友圈会变成提醒真人去做的任务。",
            "en": "The bot posts to groups; moments become a task for a person.",
        },
        choices={"zh": ("群内", "1v1私聊", "朋友圈"), "en": ("群内", "1v1", "moments")},
    ),
    Heading(
        word="发布账号",
        english="speaker",
        width=12,
        comment={"zh": "哪个角色来说，角色写在封面。", "en": "Which role speaks; roles stand on the front sheet."},
        choices={"zh": ("主讲", "班主任"), "en": ("Teacher", "Assistant")},
    ),
    Heading(
        word="话术",
        english="script",
        width=56,
        comment={
            "zh": "要发的原话；也可以写「见话术库：名称」。单独一行 --- 把它分成两条消息。",
            "en": "The words as they go out, or an entry of the script library. A line --- begins a new message.",
        },
    ),
    Heading(
        word="素材",
        english="material",
        width=18,
        comment={
            "zh": "素材库里的名称、文件路径或链接；图片也可以直接贴在这一格。",
            "en": "An entry of the material library, a path or a link; or paste the picture here.",
        },
    ),
    Heading(
        word="执行人",
        english="who does it",
        width=12,
        comment={"zh": "只有真人才能做的事（发红包、打电话）由谁做。", "en": "Who does what only people can do."},
        choices={"zh": ("机器人", "主讲", "班主任"), "en": ("bot", "Teacher", "Assistant")},
    ),
    Heading(
        word="状态",
        english="state",
        width=10,
        comment={"zh": "写「取消」这一行就不发。", "en": "A row that says 取消 (cancelled) is left out."},
        choices={"zh": ("待发", "取消"), "en": ("待发", "取消")},
    ),
    Heading(
        word="备注",
        english="remark",
        width=24,
        comment={"zh": "给自己人看，不会发出去。", "en": "For your team; never posted."},
    ),
)

SHEETS = {
    "zh": ("封面", "执行表", "话术库", "素材库", "应急预案"),
    "en": ("Front 封面", "Steps", "话术库", "素材库", "应急预案"),
}


def first_day(today: date) -> date:
    """Return the Monday after `today`: the day 1 of the example."""
    return today + timedelta(days=7 - today.weekday())


def front(language: str, today: date) -> list[tuple[str, str, str, str]]:
    """Return (label, its English, value, comment) of the front sheet's rows."""
    live = f"{first_day(today) + timedelta(days=2)} 20:00"
    if language == "zh":
        return [
            ("活动名称", "", "3 天早起训练营", "大家看到的名字。"),
            ("活动目的", "", "让大家连续早起三天", "最多两个，决定这次活动算不算成功。"),
            ("目标数", "", "60%", "希望达到多少。"),
            ("直播时间", "", live, "话术里的「直播前30分钟」从这里算起；第1天是发起活动时给的开始日期。"),
            ("目标群", "", "全部群", "也可以写群名，或 标签:训练营。"),
            ("角色", "", "主讲、班主任", "谁在群里说话；发起活动时用 --role 主讲=账号 对应到机器人号。"),
            ("变量", "", "teacher=晨晨", "话术里写 {{ teacher }} 就会换成这里的值。"),
            ("静默时段", "", "22:30-07:00", "这段时间里不发消息。"),
        ]
    return [
        ("活动名称", "title", "Three early mornings", "What members see."),
        ("活动目的", "goal", "Everybody gets up early three days running", "At most two."),
        ("目标数", "target", "60%", "How much of it."),
        ("直播时间", "event", live, "T-30m counts from here; D1 is the start that the launch names."),
        ("目标群", "groups", "all", "Or names of groups, or tag:camp."),
        ("角色", "roles", "Teacher, Assistant", "Who speaks; a launch maps them: --role Teacher=ACCOUNT."),
        ("变量", "variables", "teacher=Robin", "{{ teacher }} in a script becomes this."),
        ("静默时段", "quiet hours", "22:30-07:00", "Nothing is posted then."),
    ]


_STEPS_ZH = """\
开营|第1天|07:10|开营欢迎|群内|班主任|见话术库：开营欢迎|||待发
|第1天|07:30|发红包|群内||||班主任|待发|金额自己定
|第1天|12:30|互动提问|群内|主讲|今天你几点起的床？在群里报个数，明天我们一起往前挪 10 分钟。|||待发
学习|第2天|07:10|打卡提醒|群内|班主任|早上好，第 {{ day }} 天啦，起床的同学回个 1 👋|||待发
|第2天|12:30|打卡指南|群内|班主任|还不会打卡的同学看这里 👇|打卡指南||待发
|第2天|18:00|发朋友圈|朋友圈||早起第二天，群里一半同学都打卡了，明晚直播见。||主讲|待发
直播||直播前30分钟|直播提醒|群内|主讲|半小时后直播，我是{{ teacher }}，今晚聊聊怎么把早起坚持下来。|直播间||待发
收尾|第3天|21:40|结营|群内|班主任|三天结束啦，谢谢每一位早起的同学。⏎---⏎想继续的同学，回复「继续」，我把安排发给你。|||待发
"""
_STEPS_EN = """\
Opening|D1|07:10|Welcome|群内|Assistant|见话术库：Welcome|||待发
|D1|07:30|Red packet 发红包|群内||||Assistant|待发|Any amount
|D1|12:30|Question|群内|Teacher|When did you get up today? Tell us; tomorrow ten minutes earlier.|||待发
Learning|D2|07:10|Check-in|群内|Assistant|Good morning, day {{ day }}! Reply 1 if you are up 👋|||待发
|D2|12:30|Guide|群内|Assistant|How to check in 👇|Check-in guide||待发
|D2|18:00|Moments|moments||Day two: half of the group is up. See you live tomorrow.||Teacher|待发
Live||T-30m|Live soon|群内|Teacher|Live in half an hour! I am {{ teacher }}: how to keep going.|Live room||待发
Closing|D3|21:40|Farewell|群内|Assistant|Three days are over, thank you.⏎---⏎Reply MORE for the next dates.|||待发
"""


def _rows(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the cells of each line; `⏎` stands for a line break within one."""
    return tuple(tuple(cell.replace("⏎", "\n") for cell in line.split("|")) for line in text.splitlines())


STEPS = {"zh": _rows(_STEPS_ZH), "en": _rows(_STEPS_EN)}
SCRIPTS = {
    "zh": (("开营欢迎", "大家早上好，欢迎来到早起训练营！\n\n三天里我们每天 7:10 见，起床了就在群里回个 1。"),),
    "en": (("Welcome", "Good morning and welcome!\n\nFor three days we meet at 7:10; reply 1 when you are up."),),
}
MATERIALS = {
    "zh": (("打卡指南", "链接", "https://example.com/guide"), ("直播间", "链接", "https://example.com/live")),
    "en": (("Check-in guide", "link", "https://example.com/guide"), ("Live room", "link", "https://example.com/live")),
}
PLAYBOOKS = {
    "zh": (
        ("没人说话", "先别刷屏，@ 两位熟悉的同学聊聊今天的早饭。"),
        ("有人发广告", "请他撤回；再发就移出群，并在群里说明一句。"),
        ("机器人号掉线", "换班主任的手机按执行表手动发，修好后再交给机器人。"),
    ),
    "en": (
        ("Nobody talks", "Don't flood the group; ask two members you know about their breakfast."),
        ("Somebody posts ads", "Ask to take it back; the second time remove the member and say so."),
        ("The bot is offline", "Post by hand from this sheet until it is back."),
    ),
}
