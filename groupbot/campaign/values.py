"""What a campaign is, and what a launch changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from groupbot.core.content import Part


class CampaignState(StrEnum):
    """Where a campaign stands. `draft`: its plan is being written and nothing of it can be sent."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    """Shown, not stored: a running campaign with nothing left to send or decide."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """One run of an SOP. `params` is what the launch was called with: event, variables, roles."""

    id: str
    sop: str
    title: str
    version: str
    timezone: str
    start: date
    created_at: datetime
    state: CampaignState = CampaignState.DRAFT
    params: Mapping[str, object] = field(default_factory=dict)
    sop_text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTask:
    """A task for a person on its way into the store. `parts`: what is to be posted by hand, ready to copy."""

    campaign: str
    key: str
    step: str
    text: str
    group: str | None = None
    assignee: str | None = None
    due: datetime | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskView:
    """A task as a person sees it. `state`: open, done or cancelled; `number` names it over all campaigns.

    `reminders`: how often people were told since it is due, last at `reminded_at`. `done_by`: a name, "" = not told.
    """

    campaign: str
    key: str
    step: str
    text: str
    state: str
    group: str | None
    assignee: str | None
    due: datetime | None
    parts: tuple[Part, ...] = ()
    number: int = 0
    reminders: int = 0
    reminded_at: datetime | None = None
    done_by: str = ""
    done_at: datetime | None = None

    @property
    def name(self) -> str:
        """Name the task for the command line and the store's questions."""
        return f"{self.campaign}/{self.key}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconciled:
    """How many deliveries a launch or edit inserted, moved (time, words or account changed) and cancelled."""

    inserted: int = 0
    moved: int = 0
    cancelled: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PostView:
    """A part that the platform took; `at` is the instant at which it was begun.

    `kind` is that of `delivery.budgets.Cost`; `message_id` is None where the platform does not tell.
    """

    part: int
    account: str
    group: str
    member: str | None
    kind: str
    message_id: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """Where the text of a launch or edit comes from.

    `source` is the file, "" = a command; `materials`: path as written -> SHA-256 of its content. `follows`: the number
    of the version that was running when the edit was thought out, None = any. `restores`: the version brought back.
    """

    source: str = ""
    by: str = ""
    note: str = ""
    materials: Mapping[str, str] = field(default_factory=dict)
    follows: int | None = None
    restores: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SopVersion:
    """A text that a campaign runs or ran. `number` counts from 1; the greatest is the one that runs."""

    number: int
    version: str
    text: str
    materials: Mapping[str, str]
    source: str
    at: datetime
    by: str
    note: str
    restores: int | None = None
