"""Approvals over the store: the guard on the way out, and the questions in the room."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.admin.approval_desk import ApprovalDesk
from groupbot.admin.room import ControlRoom
from groupbot.campaign.approvals import ApprovalGuard
from groupbot.campaign.checklist import SignOffGuard
from groupbot.delivery.guards import Guards
from groupbot.storage.approvals import SqlApprovals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database

FIRST = -1_000
"""Before every guard of a plugin: what nobody has looked at is not judged further."""


def approve(room: ControlRoom, guards: Guards, database: Database, can_send: Callable[[str, str], bool]) -> None:
    """Let nothing that must be approved go out without it, and let `room` ask for it."""
    approvals = SqlApprovals(database)
    guards.add(SignOffGuard(SqlCampaigns(database), approvals), order=FIRST, always=True)
    guards.add(ApprovalGuard(approvals), order=FIRST, always=True)
    desk = ApprovalDesk(
        services=room.services,
        answers=room.answers,
        kinds=room.desk.kinds,
        approvals=approvals,
        can_send=can_send,
    )
    room.chores.append(desk.look)
    room.services.questions.asked_elsewhere = desk.asks_about
