"""Campaigns as a whole: how each stands, and pausing, resuming and ending them."""

from __future__ import annotations

from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.starts import days_of_start
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.campaign.views import CampaignRow
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database


async def campaigns(database: Database) -> tuple[CampaignRow, ...]:
    """Return every campaign, newest first; that of single orders only when there are any."""
    store = SqlCampaigns(database)
    rows = [CampaignRow(campaign=one, counts=await store.counts(one.id)) for one in await store.list()]
    return tuple(row for row in rows if row.campaign.id != ONE_OFF or any(row.counts.values()))


async def campaign_row(database: Database, campaign: str) -> CampaignRow:
    """Return one campaign; raises CampaignError when there is none of that id."""
    store = SqlCampaigns(database)
    found = await existing(database, campaign)
    starts = days_of_start(found, await store.groups(campaign))
    return CampaignRow(campaign=found, counts=await store.counts(campaign), starts=starts)


async def change_state(database: Database, campaign: str, state: CampaignState) -> CampaignRow:
    """Pause, resume or cancel a campaign; raises CampaignError when it can't be done now."""
    before = await existing(database, campaign)
    if campaign == ONE_OFF and state is CampaignState.CANCELLED:
        raise CampaignError(
            _("{campaign} stands for all single orders and can't be cancelled.").format(campaign=ONE_OFF),
            hint=_("To stop them for now: `groupbot campaign pause {campaign}`.").format(campaign=ONE_OFF),
        )
    if not await SqlCampaigns(database).set_state(campaign, state):
        raise CampaignError(
            _("{campaign} is {state}; that can't be done now.").format(
                campaign=campaign, state=campaign_word(before.state)
            )
        )
    return await campaign_row(database, campaign)


async def existing(database: Database, campaign: str) -> Campaign:
    """Return a campaign as stored; raises CampaignError when there is none of that id."""
    found = await SqlCampaigns(database).get(campaign)
    if found is None:
        raise CampaignError(
            _("There is no campaign called {campaign}.").format(campaign=campaign),
            hint=_("`groupbot campaign list` shows all."),
        )
    return found


def campaign_word(state: CampaignState) -> str:
    """Return what operators call a campaign's state."""
    return {
        CampaignState.DRAFT: _("being planned"),
        CampaignState.RUNNING: _("running"),
        CampaignState.PAUSED: _("paused"),
        CampaignState.CANCELLED: _("cancelled"),
        CampaignState.FINISHED: _("finished"),
    }[state]
