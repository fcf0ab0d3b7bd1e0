"""What MemoryLedger and MemoryCampaigns share: plain rows that a test may look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from groupbot.campaign.standby import LASTING
from groupbot.campaign.values import Campaign, CampaignState, NewTask, TaskView
from groupbot.core.policies import UnknownThen
from groupbot.delivery.echo import ECHO_WAIT, Echo
from groupbot.delivery.values import NewDelivery, Notice, State, turn_of

LIVE = frozenset({State.PLANNED, State.SENDING, State.HELD, State.UNKNOWN})
"""States in which a delivery may still keep later ones of its lane waiting."""


@dataclass(slots=True, kw_only=True)
class Row:
    """A delivery: `plan` as it was launched, and how far it got."""

    id: int
    plan: NewDelivery
    plan_version: int
    not_before: datetime
    late_at: datetime | None
    state: State = State.PLANNED
    next_part: int = 0
    attempt: int = 0
    blocks_until: datetime | None = None
    token: str | None = None
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    reason: str = ""
    approved: bool = False
    moved_from: str | None = None

    @property
    def turn(self) -> str:
        """The lane that its claim locks."""
        return turn_of(self.plan.lane, self.plan.group)

    @property
    def order(self) -> tuple[datetime, int, int]:
        """What orders deliveries of one campaign in one lane."""
        return self.plan.due, self.plan.ordinal, self.id

    def notice(self, state: State, reason: str) -> Notice:
        """Return the notice that the delivery became `state`."""
        plan = self.plan
        return Notice(
            address=f"{plan.campaign}/{plan.key}",
            group=plan.group,
            account=plan.account,
            step=plan.step,
            state=state,
            reason=reason,
        )


@dataclass(slots=True, kw_only=True)
class Post:
    """One part that was ever attempted. `outcome`: sending, sent, unknown, failed or retry."""

    token: str
    row: Row
    account: str
    part: int
    fingerprint: str
    started_at: datetime
    outcome: str = "sending"
    message_id: str | None = None
    error: str = ""


@dataclass(slots=True, kw_only=True)
class Account:
    """Who owns an account, and whether a person paused it."""

    owner: str | None = None
    epoch: int = 0
    paused: bool = False


@dataclass(slots=True, kw_only=True)
class Lock:
    """The delivery that has a lane for itself, and until when."""

    row: int
    until: datetime


@dataclass(slots=True, kw_only=True)
class Draft:
    """A launch or edit that is being written."""

    version: int
    rows: dict[str, NewDelivery] = field(default_factory=dict)


class MemoryStore:
    """Tables in memory. One store stands for one database."""

    def __init__(self) -> None:
        self.campaigns: dict[str, Campaign] = {}
        self.versions: dict[str, int] = {}
        self.groups: dict[str, set[str]] = {}
        self.paused: set[tuple[str, str]] = set()
        self.drafts: dict[str, Draft] = {}
        self.tasks: dict[tuple[str, str], TaskView] = {}
        self.reminded: set[tuple[str, str]] = set()
        self.live: dict[tuple[str, str], int] = {}
        self.rows: dict[tuple[str, str], Row] = {}
        self.posts: list[Post] = []
        self.accounts: dict[str, Account] = {}
        self.locks: dict[str, Lock] = {}
        self.echoes: dict[str, list[Echo]] = {}

    def runs(self, campaign: str, group: str | None) -> bool:
        """Tell whether `campaign` runs, and is not paused in that group."""
        return self.campaigns[campaign].state is CampaignState.RUNNING and (campaign, group) not in self.paused

    def planned_again(self, row: Row) -> State:
        """Return what a delivery becomes that would be planned: cancelled with its campaign, else planned."""
        cancelled = self.campaigns[row.plan.campaign].state is CampaignState.CANCELLED
        return State.CANCELLED if cancelled else State.PLANNED

    def tried_again(self, row: Row) -> State:
        """Return what a part becomes that may be tried again: cancelled when an edit has left it out since."""
        version = self.live.get((row.plan.campaign, row.plan.group), row.plan_version)
        gone = row.next_part == 0 and version != row.plan_version
        return State.CANCELLED if gone else self.planned_again(row)

    def of(self, campaign: str) -> Iterator[Row]:
        """Yield the deliveries of `campaign`."""
        return (row for (owner, _key), row in self.rows.items() if owner == campaign)

    def by_id(self, number: int) -> Row:
        """Return the delivery of that id."""
        return next(row for row in self.rows.values() if row.id == number)

    def add(self, plan: NewDelivery, version: int) -> Row:
        """Insert a planned delivery."""
        row = Row(id=len(self.rows) + 1, plan=plan, plan_version=version, not_before=plan.due, late_at=plan.late_at)
        self.rows[plan.campaign, plan.key] = row
        return row

    def replan_tasks(self, campaign: str, groups: Sequence[str], planned: Sequence[NewTask]) -> None:
        """Bring the open tasks of a campaign to what is planned now."""
        wanted = {(task.campaign, task.key): task for task in planned}
        for key, known in self.tasks.items():
            here = known.group is None or known.group in groups
            of_the_plan = not known.key.startswith(LASTING)
            if key[0] == campaign and key not in wanted and known.state == "open" and here and of_the_plan:
                self.tasks[key] = replace(known, state="cancelled")
        for key, task in wanted.items():
            old = self.tasks.get(key)
            if old is None or old.state != "done" or old.parts != task.parts:
                values = {name: getattr(task, name) for name in NewTask.__dataclass_fields__}
                told = {"reminders": old.reminders, "reminded_at": old.reminded_at} if old is not None else {}
                self.tasks[key] = TaskView(state="open", **values | told)
                if old is not None and ((old.due, old.parts) != (task.due, task.parts) or old.state == "cancelled"):
                    self.reminded.discard(key)

    def post_of(self, row: Row) -> Post | None:
        """Return the post of the delivery's last claim."""
        return next((post for post in reversed(self.posts) if post.row is row and post.token == row.token), None)

    def unlock(self, row: Row) -> None:
        """Free the lane if the delivery has it."""
        lock = self.locks.get(row.turn)
        if lock is not None and lock.row == row.id:
            del self.locks[row.turn]

    def has_lane(self, row: Row, now: datetime) -> bool:
        """Tell whether no other delivery holds the lane and none before it in its campaign is in the way."""
        lock = self.locks.get(row.turn)
        if lock is not None and lock.row != row.id and lock.until > now:
            return False
        return not any(
            other.order < row.order and _blocks(other, now)
            for other in self.of(row.plan.campaign)
            if other.plan.lane == row.plan.lane and other is not row
        )

    def lose(self, row: Row, reason: str, now: datetime) -> None:
        """Turn a delivery that was being sent into unknown."""
        asks = row.plan.policies.unknown is UnknownThen.ASK
        row.blocks_until = self.block_until(row, now) if asks else now + ECHO_WAIT
        row.state, row.reason = State.UNKNOWN, reason
        self.unlock(row)

    def block_until(self, row: Row, now: datetime) -> datetime:
        """Return how long an open question of `row` keeps the later steps of its lane waiting."""
        patience = now + row.plan.policies.ask_timeout
        later = [
            other
            for other in self.of(row.plan.campaign)
            if other.plan.lane == row.plan.lane and other.state is State.PLANNED and other.order[:2] > row.order[:2]
        ]
        if not later:
            return patience
        following = min(later, key=lambda other: other.order).plan
        latest = following.until or following.due + following.policies.grace
        return min(patience, max(latest, now))


def _blocks(row: Row, now: datetime) -> bool:
    in_time = row.late_at is None or row.late_at >= now  # what is late keeps nobody waiting
    if row.state is State.SENDING:
        return True
    if row.state is State.PLANNED:
        return in_time and row.blocks_until is None  # else it stepped aside
    if row.state not in LIVE or row.blocks_until is None:
        return False
    again = row.state is State.UNKNOWN and row.plan.policies.unknown is UnknownThen.RESEND  # until it is planned anew
    return (again and in_time) or row.blocks_until > now
