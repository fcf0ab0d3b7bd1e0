"""Words that are true only until some instant, in posts that may go out after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from groupbot.i18n import _
from groupbot.sop.lint.findings import Findings
from groupbot.sop.lint.scene import Post, Scene
from groupbot.sop.lint.words import posted, said
from groupbot.sop.planned import Source

_ENDS = r"(?:准时|正式|即将|就要|就)?(?:截止|截至|结束|停止|关闭|关门|下架|失效|过期|恢复原价|涨价|封群|解散)"
_DAY = r"(?P<day>今天|今晚|今日|今早|当天|当晚|本日|明天|明晚|明日|明早)?\s*"
_PART = r"(?P<part>凌晨|早上|早|上午|中午|下午|傍晚|晚上|晚)?\s*"
_CLOCK = r"(?P<hour>[01]?\d|2[0-4])\s*(?:[:：]\s*(?P<minute>[0-5]\d)|[点时](?:(?P<half>半)|(?P<past>[0-5]?\d)分?)?)"
_UNTIL = re.compile(rf"{_DAY}{_PART}{_CLOCK}\s*(?:整)?\s*(?:{_ENDS}|之?前(?!的?\d))")
_ENDS_AT = re.compile(rf"(?:截止|截至|结束)(?:时间|日期|于|到|至)?\s*(?:是|为)?\s*[:：]?\s*{_DAY}{_PART}{_CLOCK}")
_LEFT = re.compile(
    r"(?:最后|仅剩|只剩|还剩|还有|剩余|剩下|倒计时)(?:的)?\s*[:：]?\s*(?P<count>\d{1,3}|半|[一二两三四五六七八九十])\s*个?半?\s*"
    r"(?P<unit>小时|钟头|分钟|h|min)",
    re.IGNORECASE,
)
_TODAY = re.compile(
    rf"(?:今天|今晚|今日|当天|当晚)(?!\d)[^，。；！？,.;!?\n\d]{{0,8}}{_ENDS}|最后[一1]天|最后一晚|仅限今[天晚日]"
)
_NUMBERS = {"半": 0.5, "两": 2} | {sign: number for number, sign in enumerate("一二三四五六七八九十", start=1)}
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "晚"})
_NOON = 12
_SHARE = 2
"""Words of a time that is left stay bearable when a post is late by no more than half of it."""
_BEARABLE = timedelta(minutes=1)
"""A post that is late by so much less is not noticed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """`words` as written are wrong in a post that begins at `until` or later."""

    words: str
    until: datetime


def deadlines(scene: Scene, found: Findings) -> None:
    """Warn of words that may be wrong by the time they go out, once for each step and word."""
    told = set()
    for post in scene.posts:
        latest = post.step.policies.latest(post.due, post.occurrence.moment.until)
        last = scene.last(post)
        for deadline, where in _of_post(post, scene):
            key = (post.step.id, deadline.words)
            if key in told or not (latest is None or max(latest, last) >= deadline.until):
                continue
            told.add(key)
            if post.due < deadline.until <= last:
                _warn_of_last(post, deadline, last, found, where)
            else:
                _warn(post, deadline, latest, found, where)


def _warn_of_last(post: Post, deadline: Deadline, last: datetime, found: Findings, where: Source) -> None:
    message = _("`{words}` is over when the last group gets `{id}`, at about {time}.")
    text = message.format(words=deadline.words, id=post.step.id, time=f"{last:%H:%M}")
    hint = _("Let fewer groups begin later, give some to other accounts, post it earlier, or change the words.")
    found.warn("deadline-passed", text, post.step, hint=hint, where=where)


def _warn(post: Post, deadline: Deadline, latest: datetime | None, found: Findings, where: Source) -> None:
    if post.due >= deadline.until:
        message = _("`{words}` is over when the step `{id}` is due, at {due}.")
        hint = _("Post it earlier, or change the words.")
    elif latest is None:
        message = _("`{words}` may be over when `{id}` goes out: however late, it is sent.")
        hint = _("Write `late: {example}` in the step.").format(example="{grace: 5m, then: skip}")
    else:
        message = _("`{words}` may be over when `{id}` goes out: it may start as late as {latest}.")
        grace = max(int((deadline.until - post.due).total_seconds() // 60) - 1, 0)
        hint = _("Give the step a shorter grace, at most {minutes} minutes, or change the words.").format(minutes=grace)
    text = message.format(
        words=deadline.words, id=post.step.id, due=f"{post.due:%H:%M}", latest=f"{latest:%H:%M}" if latest else ""
    )
    found.warn("deadline-passed", text, post.step, hint=hint, where=where)


def _of_post(post: Post, scene: Scene) -> Iterator[tuple[Deadline, Source]]:
    for template, where in posted(post.step):
        for deadline in deadlines_in(said(template, scene.sop), post.due):
            yield deadline, where


def deadlines_in(text: str, due: datetime) -> Iterator[Deadline]:
    """Yield what the words of a post that is due at `due` say of its time."""
    for pattern in (_UNTIL, _ENDS_AT):
        for found in pattern.finditer(text):
            if until := _instant(found, due):
                yield Deadline(words=found[0].strip(), until=until)
    for found in _LEFT.finditer(text):
        yield Deadline(words=found[0].strip(), until=due + _left(found) / _SHARE + _BEARABLE)
    for found in _TODAY.finditer(text):
        midnight = datetime.combine(due.date() + timedelta(days=1), time(), tzinfo=due.tzinfo)
        yield Deadline(words=found[0].strip(), until=midnight)


def _instant(found: re.Match[str], due: datetime) -> datetime | None:
    """Return the clock that the words name; one without a day that lies before the post is another day's."""
    hour = int(found["hour"])
    if hour < _NOON and (found["part"] in _AFTERNOON or (found["day"] or "").endswith("晚")):
        hour += _NOON
    minute = 30 if found["half"] else int(found["minute"] or found["past"] or 0)
    day = due.date() + timedelta(days=1 if (found["day"] or "").startswith("明") else 0)
    until = datetime.combine(day, time(), tzinfo=due.tzinfo) + timedelta(hours=hour, minutes=minute)
    return None if until < due and not found["day"] else until


def _left(found: re.Match[str]) -> timedelta:
    count = _NUMBERS.get(found["count"]) or float(found["count"])
    return timedelta(minutes=count) if found["unit"].casefold() in {"分钟", "min"} else timedelta(hours=count)
