"""Cells of the time column that are no times: triggers, deadlines that count from one, tasks without a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groupbot.sop.timecell.day_words import EVENT_WORDS, OCCASIONS
from groupbot.sop.timecell.folding import NUMBER, number
from groupbot.sop.timecell.lengths import LENGTH, length
from groupbot.sop.timecell.lexing import words_of
from groupbot.sop.timecell.patterns import PART, pattern
from groupbot.sop.timecell.tokens import Clock, DaySpan, DayWord, EventMoment
from groupbot.sop.timecell.values import Checklist, TriggerKind, Waiting, Within
from groupbot.sop.timenode import DAY_MINUTES

_END = "(?=[:(\n]|$)"
_WHO = "(?:每?当|在)?(?:新人|有人|新成员|新用户|老?用户|老?客户|学员|家长|会员|成员|好友|刚|每个|成功)*"
_WHEN = "(?:成功|完成)?(?:的?时|(?:之|以)?后)?(?:即|立即|立刻|马上|自动|第一时间)*"
_SEND = "(?:发|发送|推送|触发|欢迎)?"
_IN = "(?:之|以)?内"
_THEN = "(?:之|以)?后"
_NTH = rf"(?:的?(?:当[天日]|次日|第 (?P<nth>{NUMBER}) [天日]) (?P<clock>(?:{PART})? \d{{1,2}} [:点] (?:\d\d|半)?)?)?"
_DELAY = rf"(?:(?P<about>约|大约|大概)? (?P<delay>{LENGTH})(?P<about2>左右)?(?:(?P<within>{_IN})|{_THEN})?)?"
_VERB = (
    "(?:打卡|回复|购买|下单|付款|支付|报名|进群|入群|登录|到课|签到|领取|领券|成交|完课|提交作业|交作业|参与|互动|填写|注册|成单"
    "|激活|预约|到店|收到|咨询|提问|反馈|投诉|签收|到货|发货|收货|开卡|核销|试用|体验|加购|入会|退款|扫码)"
)
_REACHED = "(?:达到?|满|够|超过|突破|到了?|>=?|≥)"
_BEFRIEND = (
    "(?:加|添加|通过)[上了为]?(?:好友|微信|企微|企业微信)|好友(?:通过|添加)|成为好友|被添加|通过好友请求|通过验证|加粉"
    "|添加(?=后|当|次|第)"
)
_SUBJECTS: tuple[tuple[TriggerKind, str], ...] = (
    ("join", f"{_WHO}(?:入群|进群|加群|进入群聊?|加入群聊?)"),
    ("friend", f"{_WHO}(?:{_BEFRIEND})(?:通过|申请)?"),
    ("members", f"每?社?群?(?:人数|成员)?{_REACHED} (?P<count>{NUMBER}) [人位个名]|群?满员|群?满群|群满人?"),
    ("invites", f"每?(?:邀请|裂变|拉新|拉)[满到了够]? (?P<count2>{NUMBER}) [人位个名](?:好友|进群|入群|新人)?"),
    ("no_action", f"(?:当[天日])?[仍还尚]?(?:未|没有?)(?:{_VERB}|完成(?:任务|邀请|作业)?)[的者]?"),
    ("event_end", f"(?:{EVENT_WORDS}|{OCCASIONS}|课程?)结束|结束(?=[之以]?后)|下课|下播|散场|[课播会](?=后)"),
    ("action", f"{_WHO}{_VERB}(?:成功|完成|结束|了)?(?=时|后|之后|以后|即|当[天日]|次日|第)"),
)
_TRIGGERS = tuple(
    (kind, pattern(f"(?P<words>(?:{words}) {_WHEN} {_NTH} {_DELAY} {_WHEN}{_SEND}){_END}")) for kind, words in _SUBJECTS
)
_ROW = pattern(
    rf"(?P<words>(?P<about>约|大约|大概)? (?P<delay>{LENGTH})"
    rf"(?:{_THEN}|(?P<about2>左右)(?:后|自动|发|到账)+)(?:自动)?{_SEND}){_END}"
)
_NO_ACTION = pattern(rf"(?P<words>(?P<delay>{LENGTH})[内后]?[仍还]?(?:未|没有?){_VERB}){_END}")
_KEYWORD = pattern(
    r"(?P<words>(?:回复|发送|输入|触发|命中)?关键[词字] :? [^:\n]{0,40}|(?:回复|发送|输入)[“\"'‘(][^:\n]{1,40}"
    r"|(?:回复|扣)(?![后时了率给你您]|客户|顾客|用户|群)[\u4e00-\u9fffa-z0-9]{1,8}(?<![后时]))" + _END
)
_WITHIN = pattern(rf"(?P<about>约|大约)?(?P<delay>{LENGTH}){_IN}(?:完成|回复|处理|响应|跟进|发送)?{_END}")
_FREE = pattern(
    "(?P<words>-+|/|\\\\|无|n/a|none|(?:[\u4e00-\u9fff]{1,6}?)?不设(?:具体)?(?:的?时间)?|(?:每[天日])?(?:"
    "不定时|不定期|不固定(?:时间)?|不限时?间?|随时|随机|平时|日常[\u4e00-\u9fff]{0,6}|时间不[定限]|时间不固定|无固定时间|视情况(?:而定)?|按需"
    f"|灵活(?:安排)?|长期|持续|机动|全程|全天|有空时?|空闲(?:时间?|点)?)(?:发|发送|进行)?){_END}"
)
_STAGE = pattern(rf"(?P<stage>[\u4e00-\u9fff]{{1,8}}(?:期|阶段)){_END}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A reading that is no time, its stage, where it ends in the folded text, and a clock that it can't keep."""

    when: Waiting | Within | Checklist
    end: int
    stage: str = ""
    clock: str = ""


def waiting(text: str) -> Found | None:
    """Return what the folded `text` waits for, or None when it begins in no such way. Raises TimeNodeError."""
    if not text:
        return Found(when=Checklist(), end=0)
    return _free(text) or _deadline(text) or _trigger(text)


def _names_time(text: str) -> bool:
    """Return whether a clock or a day stands behind a stage, at the beginning of `text`: `（D-3～D-1）`, `：晚8点`."""
    inside = text.lstrip(" :(\n")
    words = list(words_of(inside))
    if words and inside[words[-1].end :][:1] not in {"", " ", ":", "(", ")", "\n"}:
        return False
    return any(isinstance(word.token, Clock | DayWord | DaySpan | EventMoment) for word in words)


def _free(text: str) -> Found | None:
    if match := _FREE.match(text):
        return Found(when=Checklist(words=match["words"]), end=match.end())
    if (match := _STAGE.match(text)) and not _names_time(text[match.end() :]):
        return Found(when=Checklist(words=match["stage"]), end=match.end(), stage=match["stage"])
    return None


def _deadline(text: str) -> Found | None:
    match = _WITHIN.match(text)
    passed = length(match["delay"]) if match else None
    if match is None or passed is None:
        return None
    return Found(when=Within(minutes=passed[0] * DAY_MINUTES + passed[1]), end=match.end())


def _trigger(text: str) -> Found | None:
    kinds: tuple[tuple[TriggerKind, re.Pattern[str]], ...] = (
        ("row", _ROW),
        ("no_action", _NO_ACTION),
        ("keyword", _KEYWORD),
        *_TRIGGERS,
    )
    for kind, rule in kinds:
        if match := rule.match(text):
            return _found(kind, match)
    return None


def _found(kind: TriggerKind, match: re.Match[str]) -> Found | None:
    parts = match.groupdict()
    passed = length(parts["delay"]) if parts.get("delay") else (0, 0)
    counted = parts.get("count") or parts.get("count2")
    count = number(counted) if counted else None
    if passed is None or (counted and not count) or (kind == "event_end" and parts.get("clock")):
        return None
    if parts.get("within"):
        return Found(when=Within(minutes=passed[0] * DAY_MINUTES + passed[1]), end=match.end())
    if nth := parts.get("nth"):
        passed = (passed[0] + max((number(nth) or 1) - 1, 0), passed[1])
    elif "次日" in match["words"]:
        passed = (passed[0] + 1, passed[1])
    about = bool(parts.get("about") or parts.get("about2"))
    when = Waiting(
        kind=kind, words=match["words"].strip(), count=count, days=passed[0], minutes=passed[1], approximate=about
    )
    return Found(when=when, end=match.end(), clock=(parts.get("clock") or "").strip())
