"""Where a member came from: the evidence, the order in which it is believed, and the reason that is kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """What tells a channel, the most trusted first: a person's word, then what the member did, then where they are."""

    COMMAND = "command"
    IMPORT = "import"
    GREETING = "greeting"
    KEYWORD = "keyword"
    INVITER = "inviter"
    GROUP = "group"
    VISIT = "visit"


TRUST = tuple(Source)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One thing that tells a channel. `at`: when it happened; `detail`: what is shown as the reason."""

    source: Source
    channel: str
    at: datetime
    variant: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribution:
    """The channel of a member, "" = unknown, with the reason."""

    channel: str = ""
    variant: str = ""
    source: Source | None = None
    detail: str = ""


def attributed(evidence: Iterable[Evidence]) -> Attribution:
    """Return what the most trusted evidence says; of equals the earliest, then the first by name.

    The order in which evidence arrives changes nothing.
    """
    best = min(evidence, key=lambda one: (TRUST.index(one.source), one.at, one.channel, one.variant), default=None)
    if best is None:
        return Attribution()
    return Attribution(channel=best.channel, variant=best.variant, source=best.source, detail=best.detail)
