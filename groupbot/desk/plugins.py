"""The plugin host over the parts of a daemon."""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import datetime

from groupbot.campaign.one_off import OneOff, Order
from groupbot.chat.adapter import Receipt
from groupbot.chat.alerts import Alerts
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.delivery.guards import Guards
from groupbot.delivery.values import Candidate
from groupbot.desk.answering import SopFaqs
from groupbot.desk.plugin_conversions import PluginConversions
from groupbot.paths import Project
from groupbot.plugin_host.auditing import Audited
from groupbot.plugin_host.host import Host
from groupbot.plugin_host.loading import files
from groupbot.plugin_host.ports import Limits, Services
from groupbot.plugin_host.values import PartPosted
from groupbot.scheduling.jobs import ApsJobs
from groupbot.settings import Settings
from groupbot.storage.audit import SqlAudit
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.plugin_store import SqlPluginStore
from groupbot.storage.versions import SqlVersions

GUARD_SHARE = 0.9
"""Of [delivery] guard_timeout_s: a plugin's guard is stopped, and named, before the dispatcher stops waiting."""


def plugin_host(  # noqa: PLR0913 - the composition root fills each
    settings: Settings,
    *,
    database: Database,
    directory: Directory,
    guards: Guards,
    alerts: Alerts,
    clock: Clock,
    poke: Callable[[str], None],
    ours: Container[str],
    now: Callable[[], Settings],
) -> Host:
    """Return the host of the project's plugins; nothing is loaded yet. `poke` wakes an account that has a new post.

    `ours`: ids of the project's own accounts; `now`: the settings that hold now.
    """
    project, jobs = Project(root=settings.folder), ApsJobs()
    services = Services(
        store=SqlPluginStore(database),
        jobs=jobs,
        orders=_Prompt(OneOff(orders=SqlOrders(database), clock=clock, timezone=settings.timezone), poke),
        faqs=SopFaqs(
            campaigns=SqlCampaigns(database), versions=SqlVersions(database), directory=directory, clock=clock
        ),
        conversions=PluginConversions(database, clock, now),
        audit=Audited(SqlAudit(database), clock),
        alerts=alerts,
        directory=directory,
        clock=clock,
        guards=guards,
        timezone=settings.timezone,
        ours=ours,
        limits=Limits(guard_s=settings.delivery.guard_timeout_s * GUARD_SHARE),
    )
    return Host(find=lambda: files(project), services=services, tables=settings.plugins, during=[jobs])


class _Prompt:
    """Take orders, and have them posted now instead of at the next look for signals."""

    def __init__(self, orders: OneOff, poke: Callable[[str], None]) -> None:
        self._orders = orders
        self._poke = poke

    async def submit(self, order: Order) -> bool:
        is_new = await self._orders.submit(order)
        if is_new:
            self._poke(order.account)
        return is_new


def posted_event(candidate: Candidate, receipt: Receipt, at: datetime) -> PartPosted:
    """Return what plugins hear of a part that went out."""
    return PartPosted(
        account=candidate.account,
        event_id=f"posted-{candidate.id}-{candidate.next_part}",
        at=at,
        campaign=candidate.campaign,
        key=candidate.key,
        step=candidate.step,
        group=candidate.group,
        member=candidate.member,
        part=candidate.next_part,
        is_last=candidate.is_last,
        message_id=receipt.message_id,
    )
