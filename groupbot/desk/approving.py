"""Approvals over the store: the questions in the room. Their guards are in `desk.guarding`."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.admin.approval_desk import ApprovalDesk
from groupbot.admin.room import ControlRoom
from groupbot.storage.approvals import SqlApprovals
from groupbot.storage.engine import Database


def approve(room: ControlRoom, database: Database, can_send: Callable[[str, str], bool]) -> None:
    """Let `room` ask for what must be approved."""
    desk = ApprovalDesk(
        services=room.services,
        answers=room.answers,
        kinds=room.desk.kinds,
        approvals=SqlApprovals(database),
        can_send=can_send,
    )
    room.chores.append(desk.look)
    room.services.questions.asked_elsewhere = desk.asks_about
