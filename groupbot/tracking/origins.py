"""Gather what tells where a member came from, as evidence for `channels.attributed`. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from groupbot.settings.tracking import ChannelSettings
from groupbot.tracking.channels import Evidence, Source, attributed
from groupbot.tracking.days import DAY_MS, instant
from groupbot.tracking.seats import Sitting
from groupbot.tracking.trail import Hint, Standing, Trail
from groupbot.tracking.words import folded

_ANY_TIME = frozenset({Source.COMMAND, Source.IMPORT, Source.VISIT})
"""What is not judged by when it was noted: a person said it, or it was judged when it was found."""
_MINUTE = 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Visits:
    """Visits of a live code in a minute that showed `group`'s image."""

    group: str
    minute: int
    code: str
    channel: str
    variant: str
    visits: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Inviter:
    """What is known of who brought somebody in: when they came themselves, and from which channel."""

    person: str
    joined: int | None
    channel: str = ""
    variant: str = ""
    ours: bool = False


class ChannelWords:
    """Which channel words tell: the longest that a text holds."""

    def __init__(self, channels: Iterable[ChannelSettings]) -> None:
        told = tuple(channels)
        self._greetings = _longest_first((word, one.name) for one in told for word in one.greetings)
        self._keywords = _longest_first((word, one.name) for one in told for word in one.keywords)
        self._groups = {group: one.name for one in told for group in one.groups}

    def greeting(self, text: str) -> tuple[str, str]:
        """Return (channel, word) of a friendship request's greeting, two "" = none."""
        return _told(self._greetings, text)

    def keyword(self, text: str) -> tuple[str, str]:
        """Return (channel, word) of a first message, two "" = none."""
        return _told(self._keywords, text)

    def group(self, name: str) -> str:
        """Return the channel whose members alone come into that group, "" = none."""
        return self._groups.get(name, "")


def stand(
    trail: Trail,
    stays: Sequence[Sitting],
    words: ChannelWords,
    inviter: Inviter | None,
    *,
    window_days: int,
    ours: bool,
) -> Standing:
    """Conclude where a person stands: their home group, channel and who brought them in."""
    first = stays[0] if stays else None
    home = first.group if first else next((reached.group for reached in trail.stages if reached.group), "")
    is_led = inviter is not None and first is not None and _led(inviter, first, trail)
    evidence = list(_evidence(trail, first, words, window_days * DAY_MS))
    if is_led and inviter is not None and first is not None and inviter.channel:
        at = instant(first.since)
        evidence.append(Evidence(source=Source.INVITER, channel=inviter.channel, variant=inviter.variant, at=at))
    found = attributed(evidence)
    return Standing(
        group=home,
        channel=found.channel,
        variant=found.variant,
        inviter=inviter.person if inviter is not None else "",
        joined=first.since if first else None,
        invited=is_led and inviter is not None and not inviter.ours,
        ours=ours,
        why=found.source.value if found.source else "",
        detail=found.detail,
    )


def inviter_of(trail: Trail, stays: Sequence[Sitting]) -> str:
    """Return the member id that brought a person in at their first join, "" = nobody, or not known."""
    if not stays or (join := stays[0].join) is None:
        return ""
    by = trail.joins[join].inviter
    return "" if by in trail.members else by


def visit_hint(stay: Sitting, visits: Iterable[Visits], window_ms: int) -> Hint | None:
    """Return the channel of the live code that led to a join, None when that can't be told.

    The nearest visit before the join tells it, and only if its channel has most of the visits of the whole window:
    then it is the likeliest source of each join in it. Which of them was this member's nobody recorded.
    """
    near = [
        one
        for one in visits
        if one.group == stay.group and one.minute <= stay.since and stay.since - one.minute <= window_ms + _MINUTE
    ]
    total = sum(one.visits for one in near)
    shares = Counter[str]()
    for one in near:
        shares[one.channel] += one.visits
    (channel, most), *_rest = shares.most_common(1) or [("", 0)]
    if not channel or most * 2 <= total:
        return None
    nearest = max((one for one in near if one.channel == channel), key=lambda one: (one.minute, one.visits, one.code))
    detail = f"{nearest.code} {most}/{total}"
    return Hint(Source.VISIT.value, channel, nearest.variant, nearest.minute, detail)


def _led(inviter: Inviter, first: Sitting, trail: Trail) -> bool:
    """Tell whether the inviter can have been one: not themselves, and there before. So no two can invite each other."""
    if inviter.person in trail.members:
        return False
    return inviter.joined is None or inviter.joined < first.since


def _evidence(trail: Trail, first: Sitting | None, words: ChannelWords, window_ms: int) -> Iterable[Evidence]:
    for hint in trail.hints:
        source = Source(hint.source)
        one = Evidence(
            source=source, channel=hint.channel, variant=hint.variant, at=instant(hint.at), detail=hint.detail
        )
        if source in _ANY_TIME or first is None or first.since - window_ms <= hint.at <= first.since:
            yield one
    if trail.words is not None and trail.words[1]:
        yield Evidence(source=Source.KEYWORD, channel=trail.words[1], at=instant(trail.words[0]))
    if first is not None and (channel := words.group(first.group)):
        yield Evidence(source=Source.GROUP, channel=channel, at=instant(first.since), detail=first.group)


def _longest_first(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(((_bare(word), name) for word, name in pairs), key=lambda pair: -len(pair[0]))


def _bare(text: str) -> str:
    return "".join(folded(text).split())


def _told(words: Sequence[tuple[str, str]], text: str) -> tuple[str, str]:
    if not words:
        return "", ""
    said = _bare(text)
    return next(((name, word) for word, name in words if word in said), ("", ""))


def visits_of(trail: Trail) -> frozenset[Hint]:
    """Return what visits told."""
    return frozenset(hint for hint in trail.hints if hint.source == Source.VISIT.value)


def without_visits(trail: Trail) -> Trail:
    """Return `trail` without what visits told: its first join may be another now."""
    told = visits_of(trail)
    return replace(trail, hints=trail.hints - told) if told else trail
