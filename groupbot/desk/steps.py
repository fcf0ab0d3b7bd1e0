"""Changing single steps of a campaign that runs, bringing an older plan back, and posting a step out of its turn.

A change is proposed first; `Editor.apply` carries out what a person agreed to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.campaign.asked import Ask
from groupbot.campaign.editing import Editor, Running
from groupbot.campaign.one_off import Order, order_key
from groupbot.campaign.proposal import Edit, Proposal, repeating
from groupbot.campaign.stepping import moved, reworded, skipped, undo_target
from groupbot.core.ids import token
from groupbot.delivery.values import State
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.sop.document import Sop
from groupbot.storage.versions import SqlVersions


async def move(editor: Editor, ask: Ask, step: str, at: str, now: datetime) -> Proposal:
    """Propose another time for a step; raises CampaignError, TimeNodeError."""
    return await _change(editor, ask, f"step {step} --at {at}", lambda sop: moved(sop, step, at), now)


async def skip(editor: Editor, ask: Ask, step: str, now: datetime) -> Proposal:
    """Propose to leave a step out from now on; raises CampaignError."""
    return await _change(editor, ask, f"step {step} --skip", lambda sop: skipped(sop, step), now)


async def reword(editor: Editor, ask: Ask, step: str, words: str, now: datetime) -> Proposal:
    """Propose other words for a step's one text; raises CampaignError, ScriptError."""
    return await _change(editor, ask, f"step {step} --text", lambda sop: reworded(sop, step, words), now)


async def send_now(editor: Editor, ask: Ask, step: str, now: datetime) -> Proposal:
    """Propose that a step go out at once instead of at its time; raises CampaignError for one that comes again.

    Groups that have it already don't get it again; a stagger is kept.
    """
    running = await editor.running(ask.campaign)
    if step in repeating(running.sop):
        raise CampaignError(
            _("{step} comes again and again, so it can't be moved to one moment.").format(step=step),
            hint=_("Post it to a group now: `resend`; or change its time in the file."),
        )
    at = f"{now.astimezone(ZoneInfo(running.sop.timezone)):%Y-%m-%d %H:%M}"
    forced = Ask(campaign=ask.campaign, by=ask.by, force_locked=True)
    return await _change(editor, forced, f"step {step} --now", lambda sop: moved(sop, step, at), now)


async def undo(editor: Editor, ask: Ask, to: int | None, now: datetime) -> Proposal:
    """Propose to bring an older version back, the one before without `to`; raises CampaignError, SopError."""
    running = await editor.running(ask.campaign)
    return await editor.prepare(undo_edit(editor, running, ask, to), now)


def undo_edit(editor: Editor, running: Running, ask: Ask, to: int | None) -> Edit:
    """Return the edit that brings an older version back."""
    target = undo_target(ask.campaign, running.history, to)
    return Edit(
        campaign=ask.campaign,
        sop=editor.restored(running, target),
        own_ids=True,
        force_locked=ask.force_locked,
        by=ask.by,
        note=f"undo --to {target.number}",
        restores=target.number,
    )


def step_edit(ask: Ask, sop: Sop, note: str) -> Edit:
    """Return the edit to `sop`, which is the campaign's own with a change by command."""
    return Edit(campaign=ask.campaign, sop=sop, own_ids=True, force_locked=ask.force_locked, by=ask.by, note=note)


async def again(versions: SqlVersions, campaign: str, step: str, group: str) -> Order:
    """Return the order that posts a step once more to a group, in the words that it had; whole, guards and pace hold.

    Raises CampaignError where the step was never planned there, or still waits for its time or for a person's word.
    """
    found = await versions.newest(campaign, step, group)
    if found is None:
        raise CampaignError(
            _("{group} has no delivery of {step} in {campaign}.").format(group=group, step=step, campaign=campaign),
            hint=_("`groupbot deliveries list --campaign {campaign}` shows what is.").format(campaign=campaign),
        )
    row, state = found
    if state in {State.PLANNED, State.SENDING}:
        raise CampaignError(_("{step} still goes out to {group} by itself.").format(step=step, group=group))
    if state in {State.HELD, State.UNKNOWN}:
        raise CampaignError(
            _("What became of {step} in {group} waits for your word.").format(step=step, group=group),
            hint=_("Settle it first: sent, resend or skip."),
        )
    if row.policies.approval and state not in {State.SENT, State.FAILED}:
        raise CampaignError(
            _("Nobody has approved {step} for {group}.").format(step=step, group=group),
            hint=_("Change its words; you are asked again then."),
        )
    return Order(
        account=row.account,
        group="" if row.member else row.group,
        member=row.member,
        key=order_key("again", campaign, step, group, token()),
        parts=row.parts,
        policies=replace(row.policies, approval=None),
        priority=row.priority,
    )


async def _change(editor: Editor, ask: Ask, note: str, change: Callable[[Sop], Sop], now: datetime) -> Proposal:
    running = await editor.running(ask.campaign)
    return await editor.prepare(step_edit(ask, change(running.sop), note), now)
