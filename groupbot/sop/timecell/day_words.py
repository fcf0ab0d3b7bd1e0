"""Words that name days: campaign days, dates, days of the week, distances from the event."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from groupbot.i18n import _
from groupbot.sop.timecell.folding import NUMBER, number
from groupbot.sop.timecell.lengths import LENGTH, LENGTHS, lengths, within
from groupbot.sop.timecell.patterns import LIST, NO_CLOCK, PART, RANGE, SEPARATOR, SERIES, numbers_of, pattern
from groupbot.sop.timecell.tokens import DaySpan, DayWord, EventMoment, MonthDays, Near, Token, Weekdays
from groupbot.sop.timenode import CalendarDay, CampaignDay, TimeNodeError

WEEK = 7
WORKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)
_LEAP_YEAR = 2000
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE = dict(zip("一二三四五六日天1234567", (*range(7), 6, *range(7)), strict=True))
START_WORDS = "(?:开营|开班|入营|启动)"
"""The campaign's own beginning, D1."""
EVENT_WORDS = (
    "活动|开课|上课|直播课|直播|开播|课程|公开课|训练营|开始|开售|发售|秒杀|开团|团购|开抢|讲座|分享会|分享|开讲|会议|发布会"
    "|开业|大促|正课|首播|开奖|开幕|路演|(?:报名)?截止|课"
)
OCCASIONS = (
    "[考播](?=[前后])|开[盘学考园赛展馆机宴街镇]|(?:说明|宣讲|推介|招商|家长|见面|品鉴|体验|交流|订货|答谢|同学|亲子|晚|年|峰|展|运动|茶话|读书)会|考试|高考|中考|考研"
    "|笔试|面试|答辩|比赛|婚礼|典礼|仪式|沙龙|论坛|派对|聚会|体验课|试听课?|试驾|大课|首课|线下课|团课|讲课|出发|出团|发车|集合|签售|演出"
    "|首映|团建|入园|入住|交付|交房|首发|上新|上线|预售|抢购|截[团单]|游学|签约|放榜|庆典|店庆|周年庆|宴会"
)
"""Other occasions that a campaign may lead to: its event, where a distance or a day is counted from them."""
_SHORT = f"{START_WORDS}(?=[前后]的? \\S{{1,3}}? 个?半? (?:小时|钟头|分|刻|h|m))"
"""The campaign's beginning as a moment: `开营前半小时`."""
_BEGINS = "(?:开课|上课|开播|开始|开售|发售|开团|开抢|开讲|开奖|开幕)"
"""What is the event's own moment when it stands alone."""
_WEEK = "(?:周|星期|礼拜)"
_IS_DAY = "(?![月点时遍]|次(?!日)|十(?! [一二三四五六七八九]? [点时]))"
_WEEKDAY = f"{_WEEK} (?:[一二三四五六日天]{_IS_DAY}|[1-7](?![\\d:.点次回]| {RANGE} \\d{{1,2}}[点:]))"
_MORE = (
    f"(?: {SEPARATOR}? (?:每?{_WEEK} )?[一二三四五六日天](?![月点时十天号])"
    f"|(?<=[1-7]) (?:{RANGE}|[,/]) [1-7](?![\\d:.点次回月天号日]))"
)
_NAME = (
    "(?:mon(?:days?)?|tue(?:s(?:days?)?)?|wed(?:nesdays?)?|thu(?:rs?(?:days?)?)?|fri(?:days?)?|sat(?:urdays?)?"
    "|sun(?:days?)?)"
)
_ENGLISH_SERIES = rf"{_NAME}\b(?: (?:{SEPARATOR}|and\b|to\b) {_NAME}\b)*"
_DAYS_SERIES = rf"{NUMBER}(?: [天日]? {SEPARATOR} 第? {NUMBER}{NO_CLOCK})*"

CAMPAIGN = pattern(rf"(?:活动|训练营|{START_WORDS})?第 (?P<series>{_DAYS_SERIES}) [天日]")
ENGLISH_CAMPAIGN = pattern(
    rf"(?:days?|d) (?P<sign>-)?(?P<series>\d{{1,5}}(?!\d)(?: {SEPARATOR} \d{{1,5}}{NO_CLOCK})*)(?: 天)?(?![a-z])"
)
FIRST_DAYS = pattern(rf"(?:最?前|头) (?P<n>{NUMBER}) [天日]")
BEFORE_FIRST = pattern(rf"{START_WORDS}前 (?:(?P<n>{NUMBER}) [天日]|[1一]?(?=[早晚]))")
FIRST_DAY = pattern(rf"首[天日]|{START_WORDS}(?:当[天日]|日|首日)")
WEEK_NUMBER = pattern(rf"(?:第 (?P<n>{NUMBER}) 个?(?:周|星期)|week (?P<m>\d{{1,3}}))(?! [一二三四五六日天])")
FULL_DATE = pattern(r"(?P<y>\d{4}) (?:-|/|\.) (?P<m>\d{1,2}) (?:-|/|\.) (?P<d>\d{1,2})(?!\d)(?: [日号])?")
MONTH_DATE = pattern(
    rf"(?:(?P<y>\d{{4}}|[零〇一二三四五六七八九]{{4}}) 年 )?(?P<m>{NUMBER}) 月份? "
    rf"(?:(?P<series>{SERIES}) [日号]|(?P<d>\d{{1,2}}|[一二三四五六七八九十]{{1,3}}){NO_CLOCK}(?! 个))"
)
JOINED_DATE = pattern(r"(?<!\d)(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?!\d)")
SLASH_DATE = pattern(rf"(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})(?![/\d]){NO_CLOCK}(?: [日号])?")
DOTTED_DATE = pattern(r"(?P<m>\d{1,2})\.(?P<d>\d{1,2})(?![\d.:])(?P<unit> [日号])?")
DASHED_DATE = pattern(
    rf"(?:(?P<m>\d\d)-(?P<d>\d\d){NO_CLOCK}|(?P<m1>\d{{1,2}})-(?P<d1>\d{{1,2}})(?=\s{PART}? \d{{1,2}} [:点时]))"
)
ENGLISH_DATE = pattern(
    rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])"
    rf"(?:,? (?P<y>\d{{4}})(?!:))?"
)
MONTH_DAYS = pattern(rf"(?P<series>{SERIES}) [日号]")
WEEKDAYS = pattern(rf"(?:每个?|每?逢|每到)?(?:{_WEEKDAY}{_MORE}*)")
WEEKENDS = pattern(rf"(?:每个?|每?逢|每到)?(?P<which>{_WEEK}末|双休日|工作日|weekdays?|weekends?)")
ENGLISH_WEEKDAYS = pattern(rf"(?:weekly |every |each )?(?P<names>{_ENGLISH_SERIES})")
_T_ALONE = r"t(?![a-z0-9])(?: ?日)?+(?! ?[+-](?! ?[\dt]))"
T_MINUS = pattern(rf"t (?P<sign>[+-]) (?:(?P<lengths>{LENGTHS})|(?P<n>\d{{1,5}})(?![\d.:]))|{_T_ALONE}")
COUNTDOWN = pattern(rf"倒计时 (?P<lengths>{LENGTH})")
_LEFT = "(?:还有|还剩|只剩|仅剩|倒计时)"
AHEAD = pattern(rf"提前 (?P<lengths>{LENGTHS})|前 (?P<day>[1一]) 天")
LATER = pattern(rf"\+ (?P<n>{NUMBER}) (?:d(?![a-z])|天)")


def event_patterns(name: str) -> tuple[re.Pattern[str], ...]:
    """Return what finds distances from the event called `name`, what is left to it, its own day, and those beside."""
    moment = f"(?:{re.escape(name)}|{EVENT_WORDS})" if name else f"(?:{EVENT_WORDS})"
    words = f"(?:{moment}|{OCCASIONS}|{_SHORT})"
    begins = rf"{words}(?:正式)?(?:开始|开场|开播|开课)?"
    open_ = rf"(?:距离?|离)?{begins}"
    return (
        pattern(
            rf"{open_}(?:(?P<sign>前|后)的? (?P<lengths>{LENGTH}(?: {LIST} (?:(?P=sign) )?{LENGTH})*)"
            rf"|(?P<lengths2>{LENGTH}) (?:之|以)?(?P<sign2>前|后))"
        ),
        pattern(rf"(?:(?:距离?|离){begins} {_LEFT}?|{begins} {_LEFT}) (?P<lengths>{LENGTH})(?![前后之以])"),
        pattern(
            rf"(?:距离?|离)?(?:{words}(?:当[天日]|当(?=[早晚])|那天)|{moment}(?:日(?!期)|开始时?(?![前后之以])|时(?!间)))|\A(?:正式)?{_BEGINS}(?=\n|$)"
        ),
        pattern(rf"{open_}前 ?(?:[1一]|的)(?=晚)"),
        pattern(
            rf"{words}结束(?:之|以)?后 (?P<more>{NUMBER}) [天日]|{words}(?:结束)?"
            rf"(?:(?:后|之后)?的?(?:次日|翌日|隔天|第[二2]天)|(?:后|之后)的?第 (?P<nth>{NUMBER}) 天)"
        ),
    )


def campaign_days(match: re.Match[str]) -> Token | None:
    """Read `第1、3、5天`, `D1-5`, `D-3`."""
    read = numbers_of(match["series"])
    if read is None:
        return None
    numbers, ranged = read
    sign = -1 if match.groupdict().get("sign") else 1
    days = tuple(campaign_day(sign * one) for one in numbers)
    if ranged and sign > 0 and len(days) > 1:
        return DaySpan(first=days[0], until=days[-1])
    return DayWord(days=days)


def campaign_day(day: int) -> CampaignDay:
    """Return the campaign's day; raises TimeNodeError when it is absurd."""
    within(abs(day), 0, "")
    return CampaignDay(number=day)


def first_days(match: re.Match[str]) -> Token | None:
    """Read `前12天`."""
    last = number(match["n"])
    return DaySpan(first=CampaignDay(number=1), until=campaign_day(last)) if last else None


def before_first(match: re.Match[str]) -> Token | None:
    """Read `开营前3天`: the third day before D1."""
    days = number(match["n"]) if match["n"] else 1
    return DayWord(days=(campaign_day(-days),)) if days else None


def week_number(match: re.Match[str]) -> Token | None:
    """Read `第2周`: the campaign's days 8 to 14."""
    week = number(match["n"] or match["m"])
    if not week:
        return None
    return DaySpan(first=campaign_day(week * WEEK - WEEK + 1), until=campaign_day(week * WEEK))


def calendar_day(year: int | None, month: int, day: int, written: str) -> CalendarDay:
    """Return the date; raises TimeNodeError when there is none."""
    try:
        date(_LEAP_YEAR if year is None else year, month, day)
    except ValueError as error:
        raise TimeNodeError(
            _("There is no date `{text}`.").format(text=written.strip()), hint=_("Write for example 2026-05-18.")
        ) from error
    return CalendarDay(year=year, month=month, day=day)


def date_of(match: re.Match[str]) -> Token | None:
    """Read a date of which the groups y, m and d (or name, or m1 and d1) are numbers."""
    parts = match.groupdict()
    month = _MONTHS.index(parts["name"]) + 1 if parts.get("name") else int(parts.get("m") or parts["m1"])
    day = int(parts.get("d") or parts["d1"])
    year = int(parts["y"]) if parts.get("y") else None
    return DayWord(days=(calendar_day(year, month, day, match[0]),))


def doubtful_date(match: re.Match[str]) -> Token | None:
    """Read `5.18` or `05-18`, which may also be meant as clocks."""
    token = date_of(match)
    if not isinstance(token, DayWord) or match.groupdict().get("unit"):
        return token
    return DayWord(days=token.days, dotted=True)


def month_dates(match: re.Match[str]) -> Token | None:
    """Read `5月18日`, `5月18、20日`, `5月18-23日`, `二〇二六年五月十八日`."""
    month = number(match["m"])
    read = numbers_of(match["series"] or match["d"])
    if month is None or read is None:
        return None
    numbers, ranged = read
    year = _year(match["y"])
    if ranged and numbers[0] < numbers[-1]:
        first, last = (calendar_day(year, month, day, match[0]) for day in (numbers[0], numbers[-1]))
        return DaySpan(first=first, until=last)
    return DayWord(days=tuple(calendar_day(year, month, day, match[0]) for day in numbers))


def _year(written: str | None) -> int | None:
    if written is None:
        return None
    return int("".join(str(number(sign)) for sign in written))


def month_days(match: re.Match[str]) -> Token | None:
    """Read `20日`, `18、20号`, `18-20日`."""
    read = numbers_of(match["series"])
    if read is None:
        return None
    numbers, ranged = read
    if ranged and len(numbers) > 1:
        return MonthDays(numbers=numbers[:1], until=numbers[-1])
    return MonthDays(numbers=numbers)


_WEEKDAY_SIGNS = re.compile(rf"(?P<range>{RANGE})|(?P<day>[一二三四五六日天1-7])")
_ENGLISH_SIGNS = re.compile(rf"(?P<range>{RANGE}|\bto\b)|\b(?P<day>{'|'.join(_ENGLISH)})")


def weekdays(match: re.Match[str]) -> Token | None:
    """Read `每周三`, `周一至周五`, `周一/三/五`."""
    return _expanded(_WEEKDAY_SIGNS, match[0], lambda sign: _CHINESE[sign])


def english_weekdays(match: re.Match[str]) -> Token | None:
    """Read `Wed`, `every Monday`, `Mon-Fri`."""
    return _expanded(_ENGLISH_SIGNS, match["names"], _ENGLISH.index)


def _expanded(signs: re.Pattern[str], text: str, day_of: Callable[[str], int]) -> Weekdays:
    days: list[int] = []
    after_dash = False
    for sign in signs.finditer(text):
        if sign["range"]:
            after_dash = True
            continue
        day = day_of(sign["day"])
        if after_dash and days:
            days += through(days.pop(), day)
        else:
            days.append(day)
        after_dash = False
    return Weekdays(days=tuple(dict.fromkeys(days)))


def through(first: int, last: int) -> list[int]:
    """Return the weekdays from one to another, over Sunday where need be."""
    return [(first + n) % WEEK for n in range((last - first) % WEEK + 1)]


def weekends(match: re.Match[str]) -> Token | None:
    """Read `工作日` and `周末`."""
    word = match["which"]
    return Weekdays(days=WORKDAYS if word == "工作日" or word.startswith("weekday") else WEEKEND)


def t_minus(match: re.Match[str]) -> Token | None:
    """Read `T`, `T-30m`, `T-3`."""
    if match["sign"] is None:
        return EventMoment(steps=((0, 0),))
    if match["n"]:
        days, _minutes = within(int(match["n"]), 0, match[0])
        return EventMoment(steps=((days * _sign(match["sign"]), 0),), unit_open=True)
    return distance(match["lengths"], match["sign"])


def event_distance(match: re.Match[str]) -> Token | None:
    """Read `活动前一天`, `开课2小时前`."""
    return distance(match["lengths"] or match["lengths2"], match["sign"] or match["sign2"])


def event_day(_match: re.Match[str]) -> Token:
    """Read `活动当天`."""
    return EventMoment(steps=((0, 0),))


def day_before_event(_match: re.Match[str]) -> Token:
    """Read `活动前一晚` up to the evening."""
    return EventMoment(steps=((-1, 0),))


def day_after_event(match: re.Match[str]) -> Token | None:
    """Read `直播次日`, `发售后第3天`."""
    if match["more"]:
        later = number(match["more"])
        return EventMoment(steps=((within(later, 0, match[0])[0], 0),)) if later else None
    nth = number(match["nth"]) if match["nth"] else 2
    return EventMoment(steps=((within(nth, 0, match[0])[0] - 1, 0),)) if nth and nth > 1 else None


def ahead(match: re.Match[str]) -> Token | None:
    """Read `提前一天`, `倒计时3天`, `距开课还有3小时`, `前一天`."""
    if match.groupdict().get("day"):
        return EventMoment(steps=((-1, 0),))
    return distance(match["lengths"], "-")


def distance(written: str, sign: str) -> Token | None:
    """Read a list of lengths before (`-`, `前`) or after the event."""
    read = lengths(written)
    if read is None:
        return None
    return EventMoment(steps=tuple((days * _sign(sign), minutes * _sign(sign)) for days, minutes in read))


def _sign(sign: str) -> int:
    return -1 if sign in "-前" else 1


def later(match: re.Match[str]) -> Token | None:
    """Read `+2d`: days after the one before."""
    days = number(match["n"])
    return Near(shift=within(days, 0, match[0])[0]) if days is not None else None
