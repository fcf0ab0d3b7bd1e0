"""Campaigns in memory, over the same store as MemoryLedger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from groupbot.campaign.values import Campaign, CampaignState, Edition, NewTask, PostView, Reconciled, TaskView
from groupbot.delivery.budgets import cost
from groupbot.delivery.values import DeliveryView, NewDelivery, State
from groupbot.errors import CampaignError
from groupbot.testing.standby import settle_by_hand
from groupbot.testing.store import Draft, MemoryStore, Row

_FROM = {
    CampaignState.PAUSED: {CampaignState.RUNNING},
    CampaignState.RUNNING: {CampaignState.PAUSED},
    CampaignState.CANCELLED: {CampaignState.RUNNING, CampaignState.PAUSED},
}


class MemoryCampaigns:
    """`campaign.ports.Campaigns` over a `MemoryStore`."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.store = store or MemoryStore()

    async def get(self, campaign: str) -> Campaign | None:
        return self.store.campaigns.get(campaign)

    async def list(self) -> Sequence[Campaign]:
        by_id = sorted(self.store.campaigns.values(), key=lambda campaign: campaign.id)
        return sorted(by_id, key=lambda campaign: campaign.created_at, reverse=True)

    async def open_draft(self, campaign: Campaign) -> int:
        known = campaign.id in self.store.campaigns
        version = self.store.versions.get(campaign.id, 0) + 1 if known else 1
        self.store.versions[campaign.id] = version
        self.store.drafts[campaign.id] = Draft(version=version)
        self.store.campaigns.setdefault(campaign.id, replace(campaign, state=CampaignState.DRAFT))
        self.store.groups.setdefault(campaign.id, set())
        return version

    async def add_draft(self, campaign: str, version: int, rows: Sequence[NewDelivery]) -> None:
        draft = self._draft(campaign, version)
        draft.rows |= {row.key: row for row in rows}

    async def go_live(
        self,
        campaign: Campaign,
        version: int,
        groups: Sequence[str],
        tasks: Sequence[NewTask] = (),
        edition: Edition | None = None,  # noqa: ARG002 - the port's own; versions are kept by the real store only
    ) -> Reconciled:
        draft = self._draft(campaign.id, version)
        self.store.groups[campaign.id] |= set(groups)
        self.store.replan_tasks(campaign.id, groups, tasks)
        done = self._reconcile(campaign.id, draft, groups)
        self.store.live |= {(campaign.id, group): version for group in groups}
        stored = self.store.campaigns[campaign.id]
        state = CampaignState.RUNNING if stored.state is CampaignState.DRAFT else stored.state
        self.store.campaigns[campaign.id] = replace(campaign, state=state, created_at=stored.created_at)
        del self.store.drafts[campaign.id]
        return done

    async def recover(self) -> None:
        for campaign in list(self.store.drafts):
            del self.store.drafts[campaign]
            if self.store.campaigns[campaign].state is CampaignState.DRAFT:
                del self.store.campaigns[campaign], self.store.groups[campaign]
                self.store.tasks = {key: task for key, task in self.store.tasks.items() if key[0] != campaign}

    async def set_state(self, campaign: str, state: CampaignState) -> bool:
        stored = self.store.campaigns.get(campaign)
        if stored is None or stored.state not in _FROM[state]:
            return False
        self.store.campaigns[campaign] = replace(stored, state=state)
        if state is CampaignState.CANCELLED:
            for row in self.store.of(campaign):
                if row.state in {State.PLANNED, State.HELD}:
                    _cancel(row, "the campaign was cancelled")
            for key, task in self.store.tasks.items():
                if key[0] == campaign and task.state == "open":
                    self.store.tasks[key] = replace(task, state="cancelled")
        return True

    async def pause_in(self, campaign: str, groups: Sequence[str], *, paused: bool) -> Sequence[str]:
        here = self.store.groups.get(campaign, set()) & set(groups)
        before = {name for name in here if (campaign, name) in self.store.paused}
        changed = here - before if paused else before
        pairs = {(campaign, name) for name in changed}
        self.store.paused = self.store.paused | pairs if paused else self.store.paused - pairs
        return sorted(changed)

    async def paused_in(self, campaign: str) -> Sequence[str]:
        return sorted(group for owner, group in self.store.paused if owner == campaign)

    async def counts(self, campaign: str) -> Mapping[State, int]:
        states = [row.state for row in self.store.of(campaign)]
        return {state: states.count(state) for state in State}

    async def deliveries(self, campaign: str, states: Sequence[State] = ()) -> Sequence[DeliveryView]:
        rows = [row for row in self.store.of(campaign) if not states or row.state in states]
        rows.sort(key=lambda row: (row.plan.due, row.plan.ordinal, row.plan.group))
        return [self._view(row) for row in rows]

    async def groups(self, campaign: str) -> Sequence[str]:
        return sorted(self.store.groups.get(campaign, ()))

    def _draft(self, campaign: str, version: int) -> Draft:
        draft = self.store.drafts.get(campaign)
        if draft is None or draft.version != version:
            raise CampaignError(f"Another launch of {campaign} has begun since.")
        return draft

    def _reconcile(self, campaign: str, draft: Draft, groups: Sequence[str]) -> Reconciled:
        inserted = moved = cancelled = 0
        here = {row.plan.key: row for row in self.store.of(campaign) if row.plan.group in groups}
        for key, row in here.items():
            if key not in draft.rows and row.next_part == 0 and row.state in {State.PLANNED, State.HELD}:
                _cancel(row, "taken out of the SOP")
                cancelled += 1
        for key, plan in draft.rows.items():
            known = here.get(key)
            if plan.group not in groups:
                continue
            if known is None:
                self.store.add(plan, draft.version)
                inserted += 1
            elif known.state is State.CANCELLED and known.token is None and known.next_part == 0:
                known.state, known.reason, known.not_before = State.PLANNED, "", plan.due
                known.plan, known.plan_version, known.late_at = plan, draft.version, plan.late_at
                known.moved_from = None
                inserted += 1
            elif known.state in {State.PLANNED, State.HELD} and known.next_part == 0:
                moved += _move(known, plan, draft.version)
            elif known.state in {State.SENDING, State.UNKNOWN} and known.next_part == 0:
                known.plan_version = draft.version
        return Reconciled(inserted=inserted, moved=moved, cancelled=cancelled)

    def _view(self, row: Row) -> DeliveryView:
        plan, last = row.plan, self.store.post_of(row)
        started = [p.started_at for p in self.store.posts if p.row is row and p.part == 0 and p.outcome == "sent"]
        waits_again = row.state is State.PLANNED and row.attempt > 0
        return DeliveryView(
            campaign=plan.campaign,
            key=plan.key,
            group=plan.group,
            step=plan.step,
            phase=plan.phase,
            account=plan.account,
            state=row.state,
            part=row.next_part,
            parts=len(plan.parts),
            due=plan.due,
            grace_s=plan.policies.grace.total_seconds(),
            started_at=min(started, default=None),
            sent_at=row.sent_at,
            message_id=last.message_id if last else None,
            reason=row.reason or (last.error if last and waits_again else ""),
            timezone=self.store.campaigns[plan.campaign].timezone,
        )


class MemoryOrders:
    """`campaign.ports.Orders` over a `MemoryStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store

    async def submit(self, campaign: Campaign, row: NewDelivery) -> bool:
        self.store.campaigns.setdefault(campaign.id, campaign)
        if (row.campaign, row.key) in self.store.rows:
            return False
        self.store.add(row, 0)
        return True

    async def posts_of(self, campaign: str, key: str) -> Sequence[PostView]:
        found = [post for post in self.store.posts if (post.row.plan.campaign, post.row.plan.key) == (campaign, key)]
        return [
            PostView(
                part=post.part,
                account=post.row.plan.account,
                group=post.row.plan.group,
                member=post.row.plan.member,
                kind=cost(post.row.plan.parts[post.part].content).kind,
                message_id=post.message_id,
                at=post.started_at,
            )
            for post in sorted(found, key=lambda post: (post.part, post.started_at))
            if post.outcome == "sent"
        ]


class MemoryTasks:
    """`campaign.tasks.Tasks` over a `MemoryStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store

    async def untold(self, now: datetime) -> Sequence[TaskView]:
        due = [
            task
            for key, task in self.store.tasks.items()
            if task.state == "open" and key not in self.store.reminded and self.store.runs(task.campaign, task.group)
            if task.due is not None and task.due <= now
        ]
        return sorted(due, key=lambda task: (task.due or now, task.key))

    async def unanswered(self, since: datetime, most: int) -> Sequence[TaskView]:
        late = [
            task
            for key, task in self.store.tasks.items()
            if task.state == "open" and key in self.store.reminded and self.store.runs(task.campaign, task.group)
            if task.reminded_at is not None and task.reminded_at <= since and task.reminders <= most
        ]
        return sorted(late, key=lambda task: (task.due or since, task.key))

    async def told(self, task: TaskView, now: datetime) -> None:
        key = task.campaign, task.key
        count = self.store.tasks[key].reminders + 1 if key in self.store.reminded else 1
        self.store.tasks[key] = replace(self.store.tasks[key], reminders=count, reminded_at=now)
        self.store.reminded.add(key)

    async def list(self, campaign: str) -> Sequence[TaskView]:
        mine = [task for task in self.store.tasks.values() if task.campaign == campaign]
        return sorted(mine, key=lambda task: (task.due or datetime.max.replace(tzinfo=UTC), task.key))

    async def complete(self, campaign: str, key: str, *, by: str = "", at: datetime | None = None) -> bool:
        task = self.store.tasks.get((campaign, key))
        if task is None or task.state != "open":
            return False
        self.store.tasks[campaign, key] = replace(task, state="done", done_by=by, done_at=at)
        settle_by_hand(self.store, campaign, key, at)
        return True


def _cancel(row: Row, reason: str) -> None:
    row.state, row.reason, row.blocks_until = State.CANCELLED, reason, None


def _move(row: Row, plan: NewDelivery, version: int) -> bool:
    """Give an unsent delivery its new plan; return whether a person would notice."""
    old = replace(row.plan, step=plan.step, phase=plan.phase, ordinal=plan.ordinal)
    if old.due != plan.due:
        row.not_before = plan.due
    row.plan, row.plan_version, row.late_at, row.moved_from = plan, version, plan.late_at, None
    return old != plan
