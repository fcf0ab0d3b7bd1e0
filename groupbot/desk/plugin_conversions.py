"""What plugins count as conversions, over the store."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.core.clock import Clock
from groupbot.desk.existing import existing
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, joined
from groupbot.plugin_host.ports import Reached
from groupbot.settings import Settings
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.conversions import SqlConversions
from groupbot.storage.engine import Database
from groupbot.tracking.stage_words import stage_called
from groupbot.tracking.stages import Conversion, Source

LIVE = frozenset({CampaignState.RUNNING, CampaignState.PAUSED})


class PluginConversions:
    """`plugin_host.ports.Conversions` over a `Database`. `settings`: those that hold now."""

    def __init__(self, database: Database, clock: Clock, settings: Callable[[], Settings]) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    async def reached(self, reached: Reached) -> bool:
        rules, now = self._settings().tracking, self._clock.now()
        if reached.at is not None and reached.at.tzinfo is None:
            raise ConfigError(_("{at} says no zone.").format(at=reached.at))
        conversion = Conversion(
            campaign=(await self._campaign(reached)).id,
            member=reached.member,
            group=reached.group,
            stage=stage_called(reached.stage, rules),
            at=reached.at or now,
            amount=reached.amount,
            currency=(reached.currency or rules.currency) if reached.amount is not None else "",
            source=Source.API,
            key=reached.key,
        )
        done = await SqlConversions(self._database).add([conversion], now=now)
        return bool(done.added or done.changed)

    async def _campaign(self, reached: Reached) -> Campaign:
        if reached.campaign:
            return await existing(self._database, reached.campaign)
        store = SqlCampaigns(self._database)
        live = [one for one in await store.list() if one.state in LIVE and one.id != ONE_OFF]
        if reached.group:
            live = [one for one in live if reached.group in await store.groups(one.id)][:1]
        if len(live) == 1:
            return live[0]
        names = joined(one.id for one in live) or "—"
        raise CampaignError(_("Say which campaign is meant."), hint=_("Running: {names}.").format(names=names))
