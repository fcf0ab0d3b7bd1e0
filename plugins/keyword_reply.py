"""Answers members' questions: by keywords of config.toml, and by the FAQ of the workbooks of campaigns that run.

A keyword is found with other width, case, script (繁體) and blanks, and where it is long enough with a typing mistake.
What is not asked for gets no answer, and neither does who asks too often: nothing shows that a bot listens.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from groupbot.api import (
    MessageReceived,
    Plugin,
    PluginContext,
    PluginError,
    PluginSettings,
    Post,
    Text,
    simplified,
)

TYPO_FROM = 4
"""Signs from which on a word may be one sign off: of shorter ones half would be another word."""
TWO_TYPOS_FROM = 9
LATE = timedelta(minutes=10)
"""A question that arrives this late, after an outage, was answered by somebody else or is forgotten."""
_NO_SIGN = re.compile(r"[\W_]+")
_BORDER = re.compile(r"(?<=[^\x00-\x7f])(?=[a-z0-9])|(?<=[a-z0-9])(?=[^\x00-\x7f])")
"""Between a Latin and another sign: 「报名vip课」 holds the word vip."""


class Answer(BaseModel):
    """One block [[plugins.keyword-reply.answers]]."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    keywords: tuple[str, ...] = Field(min_length=1)
    """Words that ask for it: a word and its aliases."""
    text: str = Field(min_length=1)
    """What is answered."""
    groups: frozenset[str] = frozenset()
    """Names of the groups in which it holds; empty = all."""


class Settings(PluginSettings):
    """The table [plugins.keyword-reply]."""

    answers: tuple[Answer, ...] = ()
    """What is answered besides the FAQ of workbooks."""
    faq: bool = True
    """Whether the FAQ of a campaign's workbook is answered in its groups while it runs."""
    longest: int = Field(default=60, ge=1, le=1000)
    """Characters of a message that may be a question: a longer one only happens to hold the word."""
    mention: bool = False
    """Whether the one who asks is mentioned (@)."""
    member_wait_s: float = Field(default=30.0, ge=0, le=86_400)
    """Least seconds between two answers to one member."""
    repeat_wait_s: float = Field(default=60.0, ge=0, le=86_400)
    """Least seconds between two times of the same answer in one group."""
    group_per_hour: int = Field(default=60, ge=1, le=3600)
    """Answers in one group within an hour at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """An answer that could be given."""

    name: str
    keywords: tuple[str, ...]
    text: str


@dataclass(kw_only=True, slots=True)
class Restraint:
    """Who was answered what, where and when; `allows` judges and notes."""

    settings: Settings
    _last: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _hours: dict[str, deque[datetime]] = field(default_factory=dict)

    def allows(self, group: str, member: str, answer: str, now: datetime) -> bool:
        """Tell whether one more answer is no nuisance."""
        hour = self._hours.setdefault(group, deque())
        while hour and not now - timedelta(hours=1) < hour[0] <= now:
            hour.popleft()
        waits = (
            ((f"member {group}", member), self.settings.member_wait_s),
            ((f"answer {group}", answer), self.settings.repeat_wait_s),
        )
        if len(hour) >= self.settings.group_per_hour or any(self._is_soon(key, wait, now) for key, wait in waits):
            return False
        hour.append(now)
        self._last.update({key: now for key, _wait in waits})
        return True

    def forget(self, now: datetime) -> None:
        """Drop what no limit asks for any more."""
        oldest = now - timedelta(seconds=max(self.settings.member_wait_s, self.settings.repeat_wait_s))
        self._last = {key: at for key, at in self._last.items() if at > oldest}

    def _is_soon(self, key: tuple[str, str], wait_s: float, now: datetime) -> bool:
        last = self._last.get(key)
        return last is not None and last <= now < last + timedelta(seconds=wait_s)


async def setup(ctx: PluginContext[Settings]) -> None:
    """Answer questions in the groups that config.toml names."""
    known_groups = {group.name for group in ctx.groups.groups}
    for number, answer in enumerate(ctx.settings.answers, start=1):
        if unknown := sorted(answer.groups - known_groups):
            raise PluginError(
                f"[plugins.keyword-reply] answers {number}, groups: config.toml names no group {unknown[0]!r}; "
                f"groups: {', '.join(sorted(known_groups))}"
            )
    restraint = Restraint(settings=ctx.settings)

    async def on_message(event: MessageReceived) -> None:
        group = ctx.group_of(event)
        if group is None or event.account != group.account or not is_question(event, ctx.settings, ctx.now()):
            return
        known = [*configured(ctx.settings, group.name)]
        if ctx.settings.faq:
            faqs = await ctx.faqs(group.name)
            known += [Known(name=f"{one.campaign}/{one.number}", keywords=one.keywords, text=one.text) for one in faqs]
        found = best(event.text, known)
        if found and restraint.allows(group.name, event.sender.id, found.name, ctx.now()):
            mentions = (event.sender.id,) if ctx.settings.mention else ()
            text = Text(text=found.text, mentions=mentions)
            await ctx.submit(Post(key=f"{event.account}/{event.message_id}", group=group.name, contents=(text,)))

    async def tidy() -> None:
        restraint.forget(ctx.now())

    ctx.on(MessageReceived, on_message)
    ctx.every("10m", tidy)


def is_question(event: MessageReceived, settings: Settings, now: datetime) -> bool:
    """Tell whether `event` may ask for something."""
    return event.kind == "text" and 0 < len(event.text) <= settings.longest and now - event.at <= LATE


def configured(settings: Settings, group: str) -> Iterator[Known]:
    """Yield the answers of config.toml that hold in `group`."""
    for number, one in enumerate(settings.answers):
        if not one.groups or group in one.groups:
            yield Known(name=f"config/{number}", keywords=one.keywords, text=one.text)


def best(text: str, known: Iterable[Known]) -> Known | None:
    """Return the answer whose keyword `text` holds: exactly before nearly, the longest word first."""
    words = folded(text)
    scored = [
        (nearness, len(key), -place, one)
        for place, one in enumerate(known)
        for key in map(folded_key, one.keywords)
        if (nearness := holds(words, key))
    ]
    return max(scored, key=lambda entry: entry[:3])[3] if scored else None


def folded(text: str) -> str:
    """Return `text` as it is compared: one width, case and script, other signs as blanks, Latin words set apart."""
    plain = simplified(unicodedata.normalize("NFKC", text)).casefold()
    return _BORDER.sub(" ", _NO_SIGN.sub(" ", plain)).strip()


folded_key = lru_cache(maxsize=10_000)(folded)
"""The same for keywords, which stay."""


def holds(words: str, key: str) -> int:
    """Return 2 when `words` hold `key`, 1 when they nearly do, else 0. Latin words count whole, Chinese ones inside."""
    if not key:
        return 0
    if key.isascii():
        if f" {key} " in f" {words} ":
            return 2
        return int(any(is_near(word, key) for word in words.split() if word.isascii()))
    words, key = words.replace(" ", ""), key.replace(" ", "")
    return 2 if key in words else int(is_near(words, key, inside=True))


def is_near(words: str, key: str, *, inside: bool = False) -> bool:
    """Tell whether `words`, or with `inside` some piece of them, are `key` with at most the mistakes that are allowed.

    A mistake is a sign that is wrong, missing, too many, or swapped with its neighbour.
    """
    typos = 0 if len(key) < TYPO_FROM else 1 if len(key) < TWO_TYPOS_FROM else 2
    if not typos or len(set(key).difference(words)) > typos:
        return False
    before: list[int] = []
    row = list(range(len(key) + 1))
    least = row[-1]
    for i, sign in enumerate(words, start=1):
        older, before, row = before, row, [0 if inside else i]
        for j, wanted in enumerate(key, start=1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (sign != wanted))
            if i > 1 and j > 1 and sign == key[j - 2] and words[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        least = min(least, row[-1])
    return (least if inside else row[-1]) <= typos


PLUGIN = Plugin(name="keyword-reply", setup=setup, settings=Settings, summary="按关键词和 FAQ 表回答群里的问题")
