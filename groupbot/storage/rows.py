"""Campaigns and planned deliveries as rows of their tables."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from groupbot.campaign.values import Campaign
from groupbot.core.content import Part, dump_parts
from groupbot.core.policies import Policies
from groupbot.delivery.values import NewDelivery


def campaign_row(campaign: Campaign) -> dict[str, Any]:
    """Return the columns of `campaign` that a launch gives it."""
    return {
        "id": campaign.id,
        "sop": campaign.sop,
        "title": campaign.title,
        "version": campaign.version,
        "timezone": campaign.timezone,
        "start_date": campaign.start.isoformat(),
        "params": json.dumps(dict(campaign.params), ensure_ascii=False, sort_keys=True),
        "sop_text": campaign.sop_text,
        "created_at": campaign.created_at,
    }


@lru_cache(maxsize=4096)
def body_of(parts: tuple[Part, ...]) -> tuple[str, str]:
    """Return id and text of `parts`; a step says the same in most groups, so most rows of a launch find it here.

    Equal parts give one id, however their numbers are written (3 or 3.0): whoever stores a row stores this text.
    """
    text = dump_parts(parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32], text


@lru_cache(maxsize=1024)
def _dumped(policies: Policies) -> str:
    return policies.dump()


def planned_row(row: NewDelivery, version: int) -> dict[str, Any]:
    """Return the columns that a planned row has in a draft and in the ledger alike."""
    return {
        "campaign": row.campaign,
        "key": row.key,
        "step": row.step,
        "phase": row.phase,
        "group": row.group,
        "place": row.place,
        "member": row.member,
        "lane": row.lane,
        "account": row.account,
        "due": row.due,
        "until": row.until,
        "late_at": row.late_at,
        "ordinal": row.ordinal,
        "priority": row.priority,
        "content": body_of(row.parts)[0],
        "parts": len(row.parts),
        "policies": _dumped(row.policies),
        "ask_at": row.due - row.policies.approval.ahead if row.policies.approval else None,
        "plan_version": version,
    }
