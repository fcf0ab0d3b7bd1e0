"""Who needs a person: questions that nobody answered, and the members of the day. Pure, by plain rules on words.

A question is answered when staff write: by quoting it, by mentioning who asked, or by speaking at all to the group.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from groupbot.chat.hanzi import simplified

LONGEST = 200
"""Signs of a message that may be a question; a longer one is a story, and a person reads those anyway."""
_ASKS = re.compile(
    r"[?？]|怎么|怎样|如何|为什么|为啥|什么时候|啥时候|几点|几号|多少|哪里|哪儿|哪个|在哪|吗[~。!！]*$|能不能|可不可以|是不是"
    r"|有没有|请问|求助|谁知道|咋(?:办|弄|整|回事)|\b(?:what|how|when|where|why|which|can i|could)\b"
)
_NO_QUESTION = re.compile(r"^[?？!！~。.\s]*$|^(?:扣|打卡|\+?1$)|好吗[~。!！]*$|不是吗|怎么样都|有没有一起|(?:早|晚)安")
_COMPLAINS = re.compile(
    r"退款|退钱|骗|投诉|举报|维权|垃圾|太差|失望|不满|没人(?:理|管)|差评|坑人|忽悠|refund|scam|complain"
)
_BUYS = re.compile(
    r"怎么(?:报名|买|付|交)|(?:想|要|可以)报名|报名(?:费|链接|入口)|多少钱|什么价|价格|优惠|分期|付款|下单|在哪(?:买|报)"
    r"|还有名额|price|how much|sign me up"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A message in a group, by its name. `is_staff`: of our people."""

    at: datetime
    group: str
    account: str
    member: str
    name: str = ""
    message_id: str
    text: str
    quoted_id: str | None = None
    mentions: tuple[str, ...] = ()
    is_staff: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question that waits. `times`: how often the member has asked since; `text` and `message_id` are the first's."""

    at: datetime
    group: str
    account: str
    member: str
    name: str
    message_id: str
    text: str
    times: int = 1


def is_question(text: str) -> bool:
    """Tell whether a message asks for an answer."""
    folded = _folded(text)
    return bool(folded) and len(folded) <= LONGEST and bool(_ASKS.search(folded)) and not _NO_QUESTION.search(folded)


def after(waiting: Sequence[Asked], heard: Heard) -> tuple[Asked, ...]:
    """Return the questions of a group that wait after `heard`."""
    if heard.is_staff:
        return tuple(asked for asked in waiting if not _answers(heard, asked))
    if not is_question(heard.text):
        return tuple(waiting)
    if any(asked.member == heard.member for asked in waiting):
        return tuple(replace(one, times=one.times + (one.member == heard.member)) for one in waiting)
    asked = Asked(
        at=heard.at,
        group=heard.group,
        account=heard.account,
        member=heard.member,
        name=heard.name,
        message_id=heard.message_id,
        text=heard.text,
    )
    return (*waiting, asked)


def ripe(waiting: Iterable[Asked], now: datetime, patience: timedelta, forgotten: timedelta) -> list[Asked]:
    """Return what has waited for `patience`, and not as long as `forgotten`, the oldest first."""
    return sorted(
        (asked for asked in waiting if patience <= now - asked.at < forgotten),
        key=lambda asked: (asked.at, asked.group),
    )


class Need(StrEnum):
    """Why a member needs a person, the most urgent first."""

    COMPLAINT = "complaint"
    CONVERTING = "converting"
    ASKED_TWICE = "asked_twice"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Needy:
    """A member for the list of the day. `words`: what they wrote, "" for the silent."""

    need: Need
    group: str
    member: str
    name: str
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """A member who came into a group."""

    at: datetime
    group: str
    member: str
    name: str = ""


def of_the_day(
    joined: Iterable[Joined],
    heard: Iterable[Heard],
    *,
    now: datetime,
    silent_after: timedelta,
    present: Mapping[str, frozenset[str]] | None = None,
) -> list[Needy]:
    """Return who needs a person, the most urgent first, each member of a group once.

    `heard` covers the day, and for the silent the time since they joined. `present`: who is still there, by group;
    None = nobody knows.
    """
    said: defaultdict[tuple[str, str], list[Heard]] = defaultdict(list)
    for message in heard:
        if not message.is_staff:
            said[message.group, message.member].append(message)
    found = [needy for messages in said.values() if (needy := _need(messages))]
    found += [
        Needy(need=Need.SILENT, group=one.group, member=one.member, name=one.name)
        for one in joined
        if now - one.at >= silent_after and (one.group, one.member) not in said
    ]
    order = list(Need)
    there = (one for one in found if present is None or one.member in present.get(one.group, frozenset()))
    return sorted(there, key=lambda one: (order.index(one.need), one.group, one.name, one.member))


def _need(messages: Sequence[Heard]) -> Needy | None:
    asked = [message for message in messages if is_question(message.text)]
    for need, hits in (
        (Need.COMPLAINT, [one for one in messages if _COMPLAINS.search(_folded(one.text))]),
        (Need.CONVERTING, [one for one in messages if _BUYS.search(_folded(one.text))]),
        (Need.ASKED_TWICE, asked if len(asked) > 1 else []),
    ):
        if hits:
            last = hits[-1]
            return Needy(need=need, group=last.group, member=last.member, name=last.name, words=last.text)
    return None


def _answers(heard: Heard, asked: Asked) -> bool:
    if heard.at < asked.at:
        return False
    if heard.quoted_id is not None:
        return heard.quoted_id == asked.message_id
    return not heard.mentions or asked.member in heard.mentions


def _folded(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text).casefold().strip())
