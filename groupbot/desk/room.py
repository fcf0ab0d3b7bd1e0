"""The control room over the store."""

from __future__ import annotations

from collections.abc import Callable, Container

from groupbot.admin.risk_ports import Playbooks
from groupbot.admin.room import Around, ControlRoom, furnish
from groupbot.admin.services import Ports
from groupbot.campaign.one_off import OneOff
from groupbot.chat.alerts import Alerts
from groupbot.chat.capabilities import Capabilities
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.desk.account_desk import Accounts
from groupbot.desk.chats import StoredChats, with_stable_ids
from groupbot.desk.code_parts import live_codes
from groupbot.desk.config_edits import LiveConfig
from groupbot.desk.conversions import ConversionOffice, Fetch
from groupbot.desk.entries import Entries
from groupbot.desk.examining import ThreadedDoctor
from groupbot.desk.experiments import Experiments
from groupbot.desk.handing_over import LazyHandover
from groupbot.desk.notices import OneTimeNotices
from groupbot.desk.opening import LazyDesk
from groupbot.desk.outcomes import OpenOutcomes
from groupbot.desk.plugin_desk import HostedPlugins
from groupbot.desk.report_book import StoredReports
from groupbot.desk.risk_parts import risk_parts
from groupbot.desk.system import PresenceView
from groupbot.desk.tasks import TaskOffice
from groupbot.desk.teaching import StoredTeaching
from groupbot.plugin_host.host import Host
from groupbot.settings import Settings
from groupbot.storage.audit import SqlAudit
from groupbot.storage.cards import SqlCards
from groupbot.storage.engine import Database
from groupbot.storage.members import SqlMembers
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.people import SqlPeople
from groupbot.storage.presence import Presence
from groupbot.storage.roller import rollups_of


def control_room(  # noqa: PLR0913 - the composition root fills each
    settings: Settings,
    *,
    database: Database,
    directory: Directory,
    alerts: Alerts,
    clock: Clock,
    poke: Callable[[str], None],
    has_stable_ids: Callable[[str], bool],
    capabilities: Callable[[str], Capabilities],
    ours: Container[str],
    desk: LazyDesk,
    plugins: Host,
    entries: Entries,
    fetch: Fetch,
    playbooks: Playbooks,
    teaching: StoredTeaching,
) -> ControlRoom:
    """Return what hears and answers operators; nothing is read before it is opened."""
    around = Around(
        settings=settings,
        directory=directory,
        clock=clock,
        alerts=alerts,
        orders=OneOff(orders=SqlOrders(database), clock=clock, timezone=settings.timezone),
        people=SqlPeople(database),
        cards=SqlCards(database),
        audit=SqlAudit(database),
        has_stable_ids=has_stable_ids,
        poke=poke,
        ours=ours,
    )
    ports = Ports(
        system=PresenceView(Presence(database), clock),
        desk=desk,
        outcomes=OpenOutcomes(database, clock),
        config=LiveConfig(lambda: desk.settings),
        chats=StoredChats(database, directory),
        members=SqlMembers(database, clock, lambda: with_stable_ids(directory, has_stable_ids)),
        account_desk=Accounts(database, lambda: desk.settings),
        plugins=HostedPlugins(plugins),
        tasks=TaskOffice(database, clock),
        handovers=LazyHandover(settings=lambda: desk.settings, database=database, clock=clock),
        doctor=ThreadedDoctor(lambda: desk.settings),
        entries=entries,
        reports=StoredReports(
            settings=lambda: desk.settings,
            database=database,
            clock=clock,
            rollups=rollups_of(database, lambda: desk.settings, clock),
        ),
        conversions=ConversionOffice(
            database, clock, lambda: desk.settings, rollups_of(database, lambda: desk.settings, clock), fetch
        ),
        live_codes=live_codes(entries, lambda: desk.settings, database=database, clock=clock),
        notices=OneTimeNotices(settings=lambda: desk.settings, database=database, clock=clock),
        experiments=Experiments(
            database, rollups_of(database, lambda: desk.settings, clock), settings=lambda: desk.settings, clock=clock
        ),
        risk=risk_parts(database, lambda: desk.settings, capabilities, playbooks, teaching),
    )
    return furnish(around, ports)
