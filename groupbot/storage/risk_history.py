"""What risk control did before, read back from the audit, the questions to people, the orders and the posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from groupbot.admin.audit import Result
from groupbot.admin.risk_ports import CASE_CARD, WRONG, case_subjects
from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.actions import RemoveMembers
from groupbot.core.content import Content, Part, Text, load_parts
from groupbot.risk.ladder import Action, Concern
from groupbot.storage.engine import Database
from groupbot.storage.rows import body_of
from groupbot.storage.tables import audit, cards, contents, deliveries, facts, posts
from groupbot.tracking.facts import FactKind

a = audit.c
c = cards.c
d = deliveries.c
f = facts.c
p = posts.c
_GONE = ("cancelled", "skipped", "failed")
"""Orders that did nothing."""
_CASES = tuple(action.name.lower() for action in Action if action > Action.LOG)


class SqlHistory:
    """`admin.risk_ports.History` and `inbound.risk.Past` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def repeats(self, member: str, concern: Concern, since: datetime) -> int:
        called_wrong = select(c.number).where(
            c.kind == CASE_CARD, c.choice == WRONG, c.subject.in_(case_subjects(member, concern))
        )
        named = [f"risk/{concern}/{action}" for action in _CASES]
        case = (a.at >= since, a.action.in_(named), a.result == Result.DONE.value)
        mine = a.detail.startswith(f"{member} ", autoescape=True)
        async with self._database.read() as conn:
            answers = [f"card/{number}" for number in (await conn.execute(called_wrong)).scalars()]
            last = select(func.max(a.id)).where(a.at >= since, a.action.in_(answers), a.result == Result.DONE.value)
            after = (await conn.scalar(last) if answers else None) or 0
            return await conn.scalar(select(func.count()).select_from(audit).where(*case, mine, a.id > after)) or 0

    async def warned_at(self, group: str) -> datetime | None:
        warning = (d.campaign == ONE_OFF, d.group == group, d.step == Text.kind, d.key.startswith("risk/"))
        async with self._database.read() as conn:
            found: datetime | None = await conn.scalar(select(func.max(d.due)).where(*warning, d.state.not_in(_GONE)))
        return found

    async def removed_from(self, member: str, since: datetime) -> Sequence[str]:
        order, _text = body_of((Part(content=RemoveMembers(members=(member,))),))
        removal = (d.campaign == ONE_OFF, d.content == order, d.key.startswith("risk/"), d.due >= since)
        query = select(d.group).where(*removal, d.state.not_in(_GONE)).order_by(d.id)
        async with self._database.read() as conn:
            return list(dict.fromkeys((await conn.execute(query)).scalars()))

    async def posted(self, since: datetime) -> Sequence[tuple[str, Content, datetime]]:
        steps = (d.campaign != ONE_OFF, d.member.is_(None), p.outcome == "sent", p.finished_at >= since)
        query = (
            select(d.group, contents.c.parts, p.part, p.finished_at)
            .select_from(posts)
            .join(deliveries, d.id == p.delivery)
            .join(contents, contents.c.id == d.content)
            .where(*steps, p.started_at >= since)
            .order_by(p.finished_at)
        )
        async with self._database.read() as conn:
            rows = (await conn.execute(query)).all()
        return [(row.group, load_parts(row.parts)[row.part].content, row.finished_at) for row in rows]

    async def joins(self, since: datetime) -> Sequence[tuple[str, str, datetime]]:
        seen = (f.kind == FactKind.JOIN.value, f.at >= since, f.found_late.is_(False))
        query = select(f.group, f.member, f.at).where(*seen).order_by(f.at, f.id)
        async with self._database.read() as conn:
            return [(row.group, row.member, row.at) for row in (await conn.execute(query)).all()]
