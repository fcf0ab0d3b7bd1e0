"""States of campaigns in the operator's language."""

from __future__ import annotations

from groupbot.campaign.values import CampaignState
from groupbot.i18n import _


def campaign_word(state: CampaignState) -> str:
    """Return what operators call a campaign's state."""
    return {
        CampaignState.DRAFT: _("being planned"),
        CampaignState.RUNNING: _("running"),
        CampaignState.PAUSED: _("paused"),
        CampaignState.CANCELLED: _("cancelled"),
        CampaignState.FINISHED: _("finished"),
    }[state]
