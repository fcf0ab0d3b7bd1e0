"""Split folded text into the words of a time cell, from the left, for as long as they are understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from groupbot.sop.timecell import clock_words as clocks
from groupbot.sop.timecell import day_words as days
from groupbot.sop.timecell.dayparts import PART_WORDS, DayPart
from groupbot.sop.timecell.patterns import PART, pattern
from groupbot.sop.timecell.tokens import (
    Approx,
    Clock,
    DaySpan,
    DayToken,
    DayWord,
    Edge,
    Every,
    Filler,
    Join,
    MonthDays,
    Near,
    Part,
    Placed,
    Since,
    Spot,
    Token,
    Until,
    Weekdays,
)
from groupbot.sop.timenode import CampaignDay

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Token | None]]


def _always(token: Token) -> Callable[[re.Match[str]], Token]:
    return lambda _match: token


def _part(match: re.Match[str]) -> Token:
    return Part(part=PART_WORDS[match[0]])


_FIRST_RULES: tuple[Rule, ...] = (
    (pattern(r"\n"), _always(Join(kind="\n"))),
    (days.LATER, days.later),
    (pattern("大约|大概|差不多|约莫|约|左右|前后|上下|许(?=[ ,:)]|$)|around|about"), _always(Approx())),
    (days.FULL_DATE, days.date_of),
    (days.JOINED_DATE, days.date_of),
    (days.MONTH_DATE, days.month_dates),
    (days.SLASH_DATE, days.date_of),
    (clocks.DOTTED_HALF_DAY, clocks.colon),
    (clocks.DOTTED, clocks.dotted),
    (days.DOTTED_DATE, days.doubtful_date),
    (days.DASHED_DATE, days.doubtful_date),
    (clocks.COLON, clocks.colon),
    (days.WEEK_NUMBER, days.week_number),
    (days.CAMPAIGN, days.campaign_days),
    (days.ENGLISH_CAMPAIGN, days.campaign_days),
    (days.BEFORE_FIRST, days.before_first),
    (days.FIRST_DAY, _always(DayWord(days=(CampaignDay(number=1),)))),
)
_RULES: tuple[Rule, ...] = (
    (days.T_MINUS, days.t_minus),
    (days.COUNTDOWN, lambda match: days.distance(match["lengths"], "-")),
    (days.AHEAD, days.ahead),
    (days.FIRST_DAYS, days.first_days),
    (days.WEEKENDS, days.weekends),
    (days.WEEKDAYS, days.weekdays),
    (days.ENGLISH_WEEKDAYS, days.english_weekdays),
    (pattern("每 (?:1|一)?[天日]|天天|日日|daily|every ?day|each day"), _always(Every())),
    (pattern(rf"每个?(?={PART})"), _always(Every())),
    (pattern("当[天日]|同[天日]|今[天日]|[当今](?=[早晚])"), _always(Near(shift=0))),
    (pattern("次日|翌日|次(?=[早晚])|next day"), _always(Near(shift=1))),
    (clocks.SPOKEN, clocks.spoken),
    (clocks.HALF_DAY, clocks.half_day),
    (clocks.MIDNIGHT, clocks.midnight),
    (clocks.BARE, clocks.bare),
    (days.MONTH_DAYS, days.month_days),
    (days.ENGLISH_DATE, days.date_of),
    (pattern(PART), _part),
    (pattern(r"morning\b|afternoon\b|evening\b|noon\b|am\b|pm\b|a\.m\.|p\.m\."), _part),
    (pattern("(?<![点时分半整晚上:0-9])(?:睡觉|临?睡)前(?=$|\n)"), _always(Part(part=DayPart.NIGHT))),
    (pattern("中(?=,? 晚)"), _always(Part(part=DayPart.NOON))),
    (pattern(r"from\b|从|自(?=[^由己])"), _always(Since())),
    (pattern("(?:until|一?直到|持续到|到|至|-+) (?:the )?(?:end\\b|最后一天|活动结束)"), _always(Until(end=True))),
    (pattern(r"until\b|till\b|一?直到|持续到|截止?到|截至"), _always(Until())),
    (pattern("(?:之|以)?前|before"), _always(Edge(before=True))),
    (pattern("截止|结束"), _always(Edge(before=True, closes=True))),
    (pattern("(?:之|以)?后"), _always(Edge(before=False))),
    (
        pattern("(?:在|发)?(?:微信群|社群|群聊|本群|群内|群里|群中)(?:内|里)?(?:发)?|群(?=[: ]|$)"),
        _always(Spot(place="group")),
    ),
    (pattern("(?:1v1|1对1|一对一)(?:私聊|私信|单聊)?|私聊|私信|单聊|私发"), _always(Spot(place="member"))),
    (pattern("(?:发)?朋友圈|发圈"), _always(Spot(place="moments"))),
    (pattern(r"-+|到|至|to\b"), _always(Join(kind="-"))),
    (pattern(r"[,/&+|。·]|和|与|及|以及|还有|然后|and\b"), _always(Join(kind=","))),
    (pattern("每周 [1-7一两二三四五六七] 次(?= \\()"), _always(Filler())),
    (pattern("(?:都|再|各|分别)*(?:来|发|推|推送|发送)?[一1](?:波|次|条|轮|遍)"), _always(Filler())),
    (
        pattern(
            "北京时间:?|(?:发布|发送|推送|开始)?时间:?|整点|整|准时|准点|定时|分别|依次|都|各|再|的|睡觉前|睡前|临睡前|开始|时段"
            r"|发布|发送|推送|期间|发(?=[ ,:]|$)|(?:at|on|of|the)\b|场(?= [\d约一二三四五六七八九十])"
        ),
        _always(Filler()),
    ),
)
_SINCE = pattern("起|开始|以后|之后|onwards?")
_DAY_TOKENS = DayWord | DaySpan | MonthDays | Weekdays | Every | Near


@lru_cache(maxsize=16)
def _rules(event: str) -> tuple[Rule, ...]:
    distance, left, own_day, evening, next_day = days.event_patterns(event)
    event_rules: tuple[Rule, ...] = (
        (distance, days.event_distance),
        (left, days.ahead),
        (next_day, days.day_after_event),
        (own_day, days.event_day),
        (evening, days.day_before_event),
    )
    return (*_FIRST_RULES, *event_rules, *_RULES)


def next_word(text: str, at: int, previous: Token | None, event: str) -> Placed | None:
    """Return the word that begins at `at`, or None when none is understood; raises TimeNodeError for a bad one."""
    if isinstance(previous, _DAY_TOKENS) and (match := _SINCE.match(text, at)):
        return Placed(token=Since(behind=True), begin=at, end=match.end())
    if isinstance(previous, Part) and text[at - 1] != " " and (match := clocks.BARE_HOUR.match(text, at)):
        token = clocks.bare(match)
        return Placed(token=token, begin=at, end=match.end()) if token else None
    for rule, read in _rules(event):
        if rule is days.AHEAD and isinstance(previous, _DAY_TOKENS):
            continue  # `9月1日提前1天` counts from the date, not from the event
        match = rule.match(text, at)
        token = read(match) if match and match.end() > at else None
        if match and token is not None:
            return Placed(token=token, begin=at, end=match.end())
    return None


def words_of(text: str, event: str = "") -> Iterator[Placed]:
    """Yield the words from the beginning of `text` for as long as they are understood."""
    at, previous = 0, None
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        word = next_word(text, at, previous, event)
        if word is None:
            return
        yield word
        at, previous = word.end, word.token


def is_time(token: Token) -> bool:
    """Return whether `token` says something of a time."""
    return isinstance(token, DayToken | Clock | Part)
