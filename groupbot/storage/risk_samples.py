"""What groups say when they are honest, as histograms of scores, in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from groupbot.risk.ladder import Concern
from groupbot.risk.samples import BINS, Key, Sample, added
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import risk_samples

s = risk_samples.c


class SqlSamples:
    """`desk.own_thresholds.SampleStore` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def add(self, news: Mapping[Key, Mapping[int, int]], most: int, at: datetime) -> None:
        async with self._database.write() as conn:
            for (group, concern), counts in sorted(news.items()):
                which = (s.group == group, s.concern == concern.value)
                held = await conn.scalar(select(s.counts).where(*which).with_for_update())
                text = json.dumps(added(_sample(held or "[]"), counts, most).counts)
                row = self._database.insert(risk_samples).values(group=group, concern=concern.value, counts=text, at=at)
                anew = {"counts": text, "at": at}
                await conn.execute(row.on_conflict_do_update(index_elements=[s.group, s.concern], set_=anew))

    async def all(self) -> Mapping[Key, Sample]:
        async with self._database.read() as conn:
            rows = (await conn.execute(select(s.group, s.concern, s.counts))).all()
        return {(row.group, Concern(row.concern)): _sample(row.counts) for row in rows}


def _sample(text: str) -> Sample:
    """Return a kept sample; one of another make counts as empty."""
    counts = tuple(json.loads(text))
    return Sample(counts=counts) if len(counts) == BINS else Sample()
