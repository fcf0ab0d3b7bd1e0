"""Campaigns in the store: reading them, and the draft that becomes live group by group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.campaign.values import Campaign, CampaignState, Edition, NewTask, Reconciled
from groupbot.delivery.values import DeliveryView, NewDelivery, State
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage import reconcile, signals, versions
from groupbot.storage.candidates import load_policies_cached
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.rows import body_of, campaign_row, planned_row
from groupbot.storage.tables import campaign_groups, campaigns, contents, deliveries, drafts, posts, sop_versions, tasks
from groupbot.storage.tasks import replan_tasks

c = campaigns.c
d = deliveries.c

GROUPS_AT_ONCE = 50
"""How many groups become live in one transaction: ~5,000 rows of a 100-step SOP hold the write lock ~0.1 s."""


class SqlCampaigns:
    """`campaign.ports.Campaigns` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.insert

    async def get(self, campaign: str) -> Campaign | None:
        async with self._database.read() as conn:
            row = (await conn.execute(select(campaigns).where(c.id == campaign))).first()
        return _campaign(row) if row else None

    async def list(self) -> Sequence[Campaign]:
        async with self._database.read() as conn:
            rows = (await conn.execute(select(campaigns).order_by(c.created_at.desc(), c.id))).all()
        return [_campaign(row) for row in rows]

    @retried
    async def open_draft(self, campaign: Campaign) -> int:
        first = self._insert(campaigns).values(**campaign_row(campaign), state="draft", plan_version=1)
        again = {"plan_version": c.plan_version + 1, "draft_complete": False}
        opened = first.on_conflict_do_update(index_elements=[c.id], set_=again).returning(c.plan_version)
        async with self._database.write() as conn:
            version = (await conn.execute(opened)).scalar_one()
            await conn.execute(delete(drafts).where(drafts.c.campaign == campaign.id))
        return int(version)

    @retried
    async def add_draft(self, campaign: str, version: int, rows: Sequence[NewDelivery]) -> None:
        bodies = dict(body_of(parts) for parts in {row.parts for row in rows})
        async with self._database.write() as conn:
            await self._require_version(conn, campaign, version)
            if bodies:
                values = [{"id": key, "parts": text} for key, text in sorted(bodies.items())]
                await conn.execute(self._insert(contents).on_conflict_do_nothing(), values)
                await conn.execute(insert(drafts), [planned_row(row, version) for row in rows])

    async def go_live(
        self,
        campaign: Campaign,
        version: int,
        groups: Sequence[str],
        new_tasks: Sequence[NewTask] = (),
        edition: Edition | None = None,
    ) -> Reconciled:
        await self._complete_draft(campaign, version, groups, new_tasks, edition or Edition())
        total = await self._apply(campaign.id, version, groups)
        await self._run(campaign.id, version)
        return total

    @retried
    async def _complete_draft(
        self, campaign: Campaign, version: int, groups: Sequence[str], new_tasks: Sequence[NewTask], edition: Edition
    ) -> None:
        """Commit that the whole draft is there: from here on a daemon that starts finishes it."""
        stored = {name: value for name, value in campaign_row(campaign).items() if name not in {"id", "created_at"}}
        async with self._database.write() as conn:
            await self._require_version(conn, campaign.id, version)
            waits = {"plan_version": -version}
            row = self._insert(campaign_groups)
            mark = row.on_conflict_do_update(index_elements=["campaign", "group"], set_=waits)
            if groups:
                await conn.execute(mark, [{"campaign": campaign.id, "group": group} | waits for group in groups])
            await conn.execute(update(campaigns).where(c.id == campaign.id).values(draft_complete=True, **stored))
            await replan_tasks(conn, self._insert, campaign.id, groups, new_tasks)
            await versions.record(conn, campaign, edition)

    @retried
    async def _run(self, campaign: str, version: int) -> None:
        """End the draft, unless a newer launch has begun one, and let a new campaign run."""
        mine = (c.id == campaign, c.plan_version == version)
        async with self._database.write() as conn:
            await conn.execute(update(campaigns).where(*mine).values(draft_complete=False))
            await conn.execute(update(campaigns).where(*mine, c.state == "draft").values(state="running"))
            await signals.raise_(conn, self._insert)

    async def _apply(self, campaign: str, version: int, groups: Sequence[str]) -> Reconciled:
        """Make the draft live in those `groups` that still wait for it: `recover` may run beside a launch."""
        inserted = moved = cancelled = 0
        for start in range(0, len(groups), GROUPS_AT_ONCE):
            done = await self._apply_to(campaign, version, groups[start : start + GROUPS_AT_ONCE])
            inserted, moved, cancelled = (
                inserted + done.inserted,
                moved + done.moved,
                cancelled + done.cancelled,
            )
        return Reconciled(inserted=inserted, moved=moved, cancelled=cancelled)

    @retried
    async def _apply_to(self, campaign: str, version: int, groups: Sequence[str]) -> Reconciled:
        async with self._database.write() as conn:
            await self._require_version(conn, campaign, version)
            waiting = await _waiting(conn, campaign, version, groups)
            return await reconcile.apply(conn, campaign, version, waiting)

    async def halves(self) -> Mapping[str, int]:
        """Return the campaigns whose draft is complete and not live everywhere yet, with its plan version."""
        async with self._database.read() as conn:
            rows = (await conn.execute(select(c.id, c.plan_version).where(c.draft_complete))).all()
        return {row.id: row.plan_version for row in rows}

    async def complete(self, campaign: str, version: int) -> None:
        """Make a complete draft live where whoever launched it did not get to; nothing when that is over."""
        async with self._database.read() as conn:
            row = (await conn.execute(select(campaigns).where(c.id == campaign, c.plan_version == version))).first()
        if row is not None and row.draft_complete:
            await self._complete(row)

    async def _complete(self, row: Row[Any]) -> None:
        with suppress(CampaignError):  # a newer launch sees to all of it
            await self._apply(row.id, row.plan_version, await self.groups(row.id))
        await self._close_draft(row)

    async def recover(self) -> None:
        async with self._database.read() as conn:
            rows = (await conn.execute(select(campaigns).where(c.id.in_(select(drafts.c.campaign))))).all()
            halves = (await conn.execute(select(campaigns).where(c.draft_complete))).all()
        for row in {row.id: row for row in (*rows, *halves)}.values():
            await (self._complete(row) if row.draft_complete else self._close_draft(row))

    @retried
    async def _close_draft(self, row: Row[Any]) -> None:
        """End the draft as `row` has it, unless a launch that is under way has moved on since.

        Dropping one takes its version away, so that a launch that still writes to it fails and goes live in no part.
        """
        unchanged = and_(c.plan_version == row.plan_version, c.draft_complete == row.draft_complete)
        async with self._database.write() as conn:
            if await conn.scalar(select(c.id).where(c.id == row.id, unchanged).with_for_update(key_share=True)) is None:
                return
            await conn.execute(delete(drafts).where(drafts.c.campaign == row.id))
            state = "running" if row.draft_complete and row.state == "draft" else row.state
            version = row.plan_version if row.draft_complete else row.plan_version + 1
            await conn.execute(
                update(campaigns).where(c.id == row.id).values(draft_complete=False, state=state, plan_version=version)
            )
            if state == "draft":
                await self._forget(conn, row.id)
            await signals.raise_(conn, self._insert)

    async def _forget(self, conn: AsyncConnection, campaign: str) -> None:
        """Delete a campaign that never ran, with the groups that an earlier launch of it may have brought live."""
        for table in (deliveries, tasks, sop_versions, campaign_groups):
            await conn.execute(delete(table).where(table.c.campaign == campaign))
        await conn.execute(delete(campaigns).where(c.id == campaign))

    @retried
    async def set_state(self, campaign: str, state: CampaignState) -> bool:
        allowed = {
            CampaignState.PAUSED: ("running",),
            CampaignState.RUNNING: ("paused",),
            CampaignState.CANCELLED: ("running", "paused"),
        }[state]
        async with self._database.write() as conn:
            changed = await conn.execute(
                update(campaigns).where(c.id == campaign, c.state.in_(allowed)).values(state=state).returning(c.id)
            )
            if changed.scalar() is None:
                return False
            if state is CampaignState.CANCELLED:
                await conn.execute(
                    update(deliveries)
                    .where(d.campaign == campaign, d.state.in_(("planned", "held")))
                    .values(state="cancelled", reason=_("the campaign was cancelled"), blocks_until=None)
                )
                await conn.execute(
                    update(tasks).where(tasks.c.campaign == campaign, tasks.c.state == "open").values(state="cancelled")
                )
            await signals.raise_(conn, self._insert)
        return True

    @retried
    async def pause_in(self, campaign: str, groups: Sequence[str], *, paused: bool) -> Sequence[str]:
        g = campaign_groups.c
        those = (g.campaign == campaign, g.group.in_(groups), g.paused.is_(not paused))
        async with self._database.write() as conn:
            changed = await conn.execute(update(campaign_groups).where(*those).values(paused=paused).returning(g.group))
            names = sorted(changed.scalars())
            await signals.raise_(conn, self._insert)
        return names

    async def paused_in(self, campaign: str) -> Sequence[str]:
        g = campaign_groups.c
        query = select(g.group).where(g.campaign == campaign, g.paused).order_by(g.group)
        async with self._database.read() as conn:
            return list((await conn.execute(query)).scalars())

    async def counts(self, campaign: str) -> Mapping[State, int]:
        async with self._database.read() as conn:
            rows = await conn.execute(select(d.state, func.count()).where(d.campaign == campaign).group_by(d.state))
            found = {State(state): number for state, number in rows}
        return {state: found.get(state, 0) for state in State}

    async def deliveries(self, campaign: str, states: Sequence[State] = ()) -> Sequence[DeliveryView]:
        first = posts.alias("first")
        started = select(func.min(first.c.started_at)).where(
            first.c.delivery == d.id, first.c.part == 0, first.c.outcome == "sent"
        )
        query = (
            select(
                deliveries,
                posts.c.message_id,
                posts.c.error,
                c.timezone,
                started.correlate(deliveries).scalar_subquery().label("started_at"),
            )
            .join(campaigns, c.id == d.campaign)
            .outerjoin(posts, (posts.c.delivery == d.id) & (posts.c.token == d.token))
            .where(d.campaign == campaign)
            .order_by(d.due, d.ordinal, d.group)
        )
        if states:
            query = query.where(d.state.in_([state.value for state in states]))
        async with self._database.read() as conn:
            return [_view(row) for row in (await conn.execute(query)).all()]

    async def steps_by_message(self, campaign: str) -> Mapping[str, str]:
        """Return which step each of the campaign's posts belongs to, by the platform's message id."""
        query = (
            select(posts.c.message_id, d.step)
            .join(deliveries, d.id == posts.c.delivery)
            .where(d.campaign == campaign, posts.c.message_id.is_not(None))
        )
        async with self._database.read() as conn:
            rows = (await conn.execute(query)).all()
        return {row.message_id: row.step for row in rows}

    async def groups(self, campaign: str) -> Sequence[str]:
        query = select(campaign_groups.c.group).where(campaign_groups.c.campaign == campaign)
        async with self._database.read() as conn:
            return list((await conn.execute(query.order_by(campaign_groups.c.group))).scalars())

    async def _require_version(self, conn: AsyncConnection, campaign: str, version: int) -> None:
        """Refuse a version that is not the newest, and keep another launch from beginning before the commit."""
        newest = select(c.plan_version).where(c.id == campaign).with_for_update(key_share=True)
        current = await conn.scalar(newest)
        if current != version:
            raise CampaignError(
                _("Another launch of {campaign} has begun since.").format(campaign=campaign),
                hint=_("Look at `groupbot campaign show {campaign}` and launch again.").format(campaign=campaign),
            )


async def _waiting(conn: AsyncConnection, campaign: str, version: int, groups: Sequence[str]) -> list[str]:
    """Return those of `groups` in which `version` is to become live and is not yet."""
    g = campaign_groups.c
    rows = await conn.execute(
        select(g.group).where(g.campaign == campaign, g.group.in_(groups), g.plan_version == -version)
    )
    return list(rows.scalars())


def _campaign(row: Row[Any]) -> Campaign:
    return Campaign(
        id=row.id,
        sop=row.sop,
        title=row.title,
        version=row.version,
        timezone=row.timezone,
        start=date.fromisoformat(row.start_date),
        created_at=row.created_at,
        state=CampaignState(row.state),
        params=json.loads(row.params),
        sop_text=row.sop_text,
    )


def _view(row: Row[Any]) -> DeliveryView:
    waiting_again = row.state == "planned" and row.attempt > 0
    return DeliveryView(
        campaign=row.campaign,
        key=row.key,
        group=row.group,
        step=row.step,
        phase=row.phase,
        account=row.account,
        state=State(row.state),
        part=row.next_part,
        parts=row.parts,
        due=row.due,
        grace_s=load_policies_cached(row.policies).grace.total_seconds(),
        started_at=row.started_at,
        sent_at=row.sent_at,
        message_id=row.message_id,
        reason=row.reason or (row.error if waiting_again else "") or "",
        timezone=row.timezone,
    )
