"""Steps that a person looks at before they are posted: what waits for that, what was decided, and the guard.

A decision is about contents: the words and files of a step at one of its times, whichever groups get them. What was
edited since is other content, and nobody has decided about it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from groupbot.campaign.by_hand import files_of
from groupbot.core.content import Part, dump_parts
from groupbot.core.policies import Approval, Unapproved
from groupbot.core.verdicts import ALLOW, Block, Hold, Verdict
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import State
from groupbot.i18n import _

SIGN_OFF = "checklist"
"""The occurrence under which it is kept that a person signed a campaign's checklist off; its step is ""."""


class Decision(StrEnum):
    """What a person said."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One time of a step of a campaign."""

    campaign: str
    step: str
    occurrence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What a person said about one content. `digest`: `digest_of` its parts."""

    moment: Moment
    digest: str
    decision: Decision
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A delivery that a person must look at. It is planned, or held at its time."""

    campaign: str
    key: str
    step: str
    group: str
    state: State
    due: datetime
    timezone: str
    approval: Approval
    parts: tuple[Part, ...]
    reason: str = ""
    """Why it is held."""

    @property
    def moment(self) -> Moment:
        """The time of the step that it is."""
        return moment_of(self.campaign, self.step, self.key)


class Approvals(Protocol):
    """Keep what people said, and find what they must look at. Raises StoreError."""

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        """Return what is `near` its time, decided or not, in campaigns that were not cancelled.

        Ordered by time; what has begun to go out is not among it.
        """
        ...

    async def decided(self, moment: Moment) -> Mapping[str, Decided]:
        """Return what was said about the contents of `moment`, by their digests."""
        ...

    async def decide(self, decisions: Sequence[Decided]) -> None:
        """Keep decisions; a later one about the same content counts."""
        ...

    async def release(self, rows: Sequence[Waiting], now: datetime) -> int:
        """Plan those of `rows` again that are held: every guard is asked anew, and their grace begins now.

        Return how many were held.
        """
        ...


class ApprovalGuard:
    """Hold what must be looked at and was not; drop what was rejected. Without an answer of the store it raises."""

    name = "approval"

    def __init__(self, approvals: Approvals) -> None:
        self._approvals = approvals

    async def check(self, draft: Draft) -> Verdict:
        candidate = draft.candidate
        if candidate.policies.approval is None:
            return ALLOW
        moment = moment_of(candidate.campaign, candidate.step, candidate.key)
        said = (await self._approvals.decided(moment)).get(await asyncio.to_thread(digest_of, candidate.parts))
        if said is None and candidate.policies.approval.default is Unapproved.SEND:
            return ALLOW
        if said is None:
            return Hold(reason=not_yet())
        if said.decision is Decision.REJECTED:
            return Block(reason=_("rejected by {name}").format(name=said.by))
        return ALLOW


def not_yet() -> str:
    """Return the reason of what is held because nobody has looked at it."""
    return _("nobody has approved it yet")


def near(rows: Sequence[Waiting], now: datetime) -> list[Waiting]:
    """Return the rows of every moment of which one has come as near to its time as people want to be asked."""
    moments = {row.moment for row in rows if row.due - row.approval.ahead <= now}
    return [row for row in rows if row.moment in moments]


def moment_of(campaign: str, step: str, key: str) -> Moment:
    """Return which time of its step a delivery is: the middle of step/occurrence/target."""
    rest = key.removeprefix(f"{step}/")
    occurrence = rest.partition("/")[0] if rest != key else key
    return Moment(campaign=campaign, step=step, occurrence=occurrence)


def digest_of(parts: tuple[Part, ...]) -> str:
    """Return a digest of the words and of what the files hold now; a file that is not there has one of its own."""
    return _digest(parts, tuple(_stamp(path) for path in files_of(parts)))


@dataclass(frozen=True, slots=True)
class _Stamp:
    """A file, and what changes when it is written: nothing is read again before that."""

    path: str
    written_ns: int
    size: int


def _stamp(path: str) -> _Stamp:
    try:
        found = Path(path).stat()
    except OSError:
        return _Stamp(path, 0, -1)
    return _Stamp(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4096)
def _digest(parts: tuple[Part, ...], stamps: tuple[_Stamp, ...]) -> str:
    words = hashlib.sha256(dump_parts(parts).encode())
    for stamp in stamps:
        words.update(_held(stamp).encode())
    return words.hexdigest()[:32]


@lru_cache(maxsize=1024)
def _held(stamp: _Stamp) -> str:
    try:
        with Path(stamp.path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"
