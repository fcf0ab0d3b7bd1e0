"""Campaigns as a whole: how each stands, and pausing, resuming and ending them."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.campaign.checklist import is_required, signature
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.starts import days_of_start
from groupbot.campaign.values import CampaignState
from groupbot.campaign.views import CampaignRow
from groupbot.campaign.words import campaign_word
from groupbot.desk.existing import existing
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined
from groupbot.storage.approvals import SqlApprovals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database


async def campaigns(database: Database) -> tuple[CampaignRow, ...]:
    """Return every campaign, newest first; that of single orders only when there are any."""
    store = SqlCampaigns(database)
    rows = [
        CampaignRow(campaign=one, counts=await store.counts(one.id), paused_in=tuple(await store.paused_in(one.id)))
        for one in await store.list()
    ]
    return tuple(row for row in rows if row.campaign.id != ONE_OFF or any(row.counts.values()))


async def campaign_row(database: Database, campaign: str) -> CampaignRow:
    """Return one campaign; raises CampaignError when there is none of that id."""
    store = SqlCampaigns(database)
    found = await existing(database, campaign)
    starts = days_of_start(found, await store.groups(campaign))
    paused_in = tuple(await store.paused_in(campaign))
    return CampaignRow(campaign=found, counts=await store.counts(campaign), starts=starts, paused_in=paused_in)


async def change_state(database: Database, campaign: str, state: CampaignState) -> CampaignRow:
    """Pause, resume or cancel a campaign; raises CampaignError when it can't be done now."""
    before = await existing(database, campaign)
    if campaign == ONE_OFF and state is CampaignState.CANCELLED:
        raise CampaignError(
            _("{campaign} stands for all single orders and can't be cancelled.").format(campaign=ONE_OFF),
            hint=_("To stop them for now: `groupbot campaign pause {campaign}`.").format(campaign=ONE_OFF),
        )
    if state is CampaignState.RUNNING and is_required(before) and not await signature(SqlApprovals(database), campaign):
        raise CampaignError(
            _("{campaign} waits for its checklist to be signed off.").format(campaign=campaign),
            hint=_("In chat: {line}").format(line=f"/活动 签字 {campaign}"),
        )
    store = SqlCampaigns(database)
    if not await store.set_state(campaign, state):
        groups = await store.paused_in(campaign) if state is CampaignState.RUNNING else ()
        raise CampaignError(
            _("{campaign} is {state}; that can't be done now.").format(
                campaign=campaign, state=campaign_word(before.state)
            ),
            hint=_("It is paused in {groups}; name them to resume there.").format(groups=joined(groups))
            if groups
            else "",
        )
    return await campaign_row(database, campaign)


async def pause_in(database: Database, campaign: str, groups: Sequence[str], *, paused: bool) -> CampaignRow:
    """Pause, or resume, a campaign in some of its groups alone; raises CampaignError for one that it does not run in.

    Raises it too when it is as it was: paused there already, or not at all.
    """
    await existing(database, campaign)
    store = SqlCampaigns(database)
    if strange := sorted(set(groups) - set(await store.groups(campaign))):
        raise CampaignError(
            _("{campaign} does not run in {groups}.").format(campaign=campaign, groups=joined(strange)),
            hint=_("`groupbot deliveries list --campaign {campaign}` shows where it does.").format(campaign=campaign),
        )
    if not await store.pause_in(campaign, groups, paused=paused):
        text = _("{campaign} is paused there already.") if paused else _("{campaign} is not paused there.")
        raise CampaignError(text.format(campaign=campaign))
    return await campaign_row(database, campaign)
