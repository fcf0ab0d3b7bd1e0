"""The texts that campaigns ran, and the deliveries that an edit may still change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.campaign.values import Campaign, Edition, SopVersion
from groupbot.delivery.values import NewDelivery, State
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.candidates import load_parts_cached, load_policies_cached
from groupbot.storage.engine import Database
from groupbot.storage.tables import contents, deliveries, sop_versions

v = sop_versions.c
d = deliveries.c


async def record(conn: AsyncConnection, campaign: Campaign, edition: Edition) -> None:
    """Keep the campaign's text as its newest version, unless it is that already; one without a text keeps none.

    Raises CampaignError when a version came after the one that the edition follows.
    """
    if not campaign.sop_text:
        return
    newest = select(v.number, v.text, v.materials).where(v.campaign == campaign.id).order_by(v.number.desc()).limit(1)
    last = (await conn.execute(newest)).first()
    number = last.number if last else 0
    if edition.follows is not None and edition.follows != number:
        raise CampaignError(
            _("{campaign} was changed by somebody else meanwhile.").format(campaign=campaign.id),
            hint=_("Look at `groupbot campaign versions {campaign}` and try again.").format(campaign=campaign.id),
        )
    materials = json.dumps(dict(edition.materials), ensure_ascii=False, sort_keys=True)
    if last and (last.text, last.materials) == (campaign.sop_text, materials):
        return
    row = {
        "campaign": campaign.id,
        "number": number + 1,
        "version": campaign.version,
        "text": campaign.sop_text,
        "materials": materials,
        "source": edition.source,
        "at": campaign.created_at,
        "by": edition.by,
        "note": edition.note,
        "restores": edition.restores,
    }
    await conn.execute(insert(sop_versions).values(**row))


class SqlVersions:
    """`campaign.ports.Versions` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def history(self, campaign: str) -> Sequence[SopVersion]:
        query = select(sop_versions).where(v.campaign == campaign).order_by(v.number)
        async with self._database.read() as conn:
            return [_version(row) for row in (await conn.execute(query)).all()]

    async def unsent(self, campaign: str) -> Mapping[str, NewDelivery]:
        query = (
            select(deliveries, contents.c.parts.label("body"))
            .join(contents, contents.c.id == d.content)
            .where(d.campaign == campaign, d.next_part == 0, d.state.in_(("planned", "held")))
        )
        async with self._database.read() as conn:
            return {row.key: _planned(row) for row in (await conn.execute(query)).all()}

    async def newest(self, campaign: str, step: str, group: str) -> tuple[NewDelivery, State] | None:
        """Return the delivery of a step in a group that was planned last by time, with its words and how it stands."""
        query = (
            select(deliveries, contents.c.parts.label("body"))
            .join(contents, contents.c.id == d.content)
            .where(d.campaign == campaign, d.step == step, d.group == group)
            .order_by(d.due.desc())
            .limit(1)
        )
        async with self._database.read() as conn:
            row = (await conn.execute(query)).first()
        return (_planned(row), State(row.state)) if row else None


def _version(row: Row[Any]) -> SopVersion:
    return SopVersion(
        number=row.number,
        version=row.version,
        text=row.text,
        materials=json.loads(row.materials),
        source=row.source,
        at=row.at,
        by=row.by,
        note=row.note,
        restores=row.restores,
    )


def _planned(row: Row[Any]) -> NewDelivery:
    return NewDelivery(
        campaign=row.campaign,
        key=row.key,
        step=row.step,
        phase=row.phase,
        group=row.group,
        account=row.account,
        due=row.due,
        until=row.until,
        ordinal=row.ordinal,
        parts=load_parts_cached(row.body),
        policies=load_policies_cached(row.policies),
        place=row.place,
        member=row.member,
        priority=row.priority,
    )
