"""Finding what was named. Imports nothing that reads SOPs."""

from __future__ import annotations

from groupbot.campaign.values import Campaign
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database


async def existing(database: Database, campaign: str) -> Campaign:
    """Return a campaign as stored; raises CampaignError when there is none of that id."""
    found = await SqlCampaigns(database).get(campaign)
    if found is None:
        raise CampaignError(
            _("There is no campaign called {campaign}.").format(campaign=campaign),
            hint=_("`groupbot campaign list`, in chat /活动 列表, shows all."),
        )
    return found
