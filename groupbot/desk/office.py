"""Everything that serves people, put together over one ground: the control room, and what listens for it.

A daemon imports it behind its first posts, see `desk.opening`.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from groupbot.admin.alerting import ChatAlerts
from groupbot.admin.room import ControlRoom
from groupbot.delivery.dispatcher import Dispatcher
from groupbot.desk.alerting import chat_alerts
from groupbot.desk.approving import approve
from groupbot.desk.caring import care_of
from groupbot.desk.ears import ears
from groupbot.desk.entry_parts import entries_of, fetch_by, watch_entries, way_in_stage
from groupbot.desk.evening import report_in_the_evening
from groupbot.desk.file_stage import file_stage
from groupbot.desk.friend_first import friend_first
from groupbot.desk.ground import Ground
from groupbot.desk.opening import LazyDesk
from groupbot.desk.playbooks import SopPlaybooks
from groupbot.desk.plugin_desk import PluginCommands
from groupbot.desk.reminders import Reminders
from groupbot.desk.risk import risk_stage
from groupbot.desk.room import control_room
from groupbot.desk.running_sops import running_sops
from groupbot.desk.standby import stand_ins
from groupbot.desk.standing_in import StandIns
from groupbot.desk.teaching import StoredTeaching
from groupbot.inbound.commands import CommandStage
from groupbot.inbound.pipeline import Stage
from groupbot.inbound.tails import TailStage
from groupbot.inbound.turns import Turns
from groupbot.plugin_host.host import Host
from groupbot.risk.expected import ExpectedAnswers
from groupbot.storage.audit import SqlAudit
from groupbot.storage.persons import SqlTails


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """The parts that serve people. `stages` hear what comes in, in this order."""

    room: ControlRoom
    alerts: ChatAlerts
    turns: Turns
    """Commands under way."""
    reminders: Reminders
    teaching: StoredTeaching
    standins: StandIns
    stages: tuple[Stage, ...]


def office(
    ground: Ground,
    *,
    desk: LazyDesk,
    dispatcher: Dispatcher,
    plugins: Host,
    expected: ExpectedAnswers,
) -> Office:
    """Return the office over `ground`; nothing is read before it is opened."""
    database, clock, ours, settings = ground.database, ground.clock, ground.ours, ground.settings
    running = running_sops(database, clock)
    entries = entries_of(desk, ground.adapters, database=database, directory=ground.directory, clock=clock)
    playbooks = SopPlaybooks(running, entries.backup)
    teaching = StoredTeaching(
        database, audit=SqlAudit(database), alerts=ground.alerts, clock=clock, zone=ZoneInfo(settings.timezone)
    )
    room = control_room(
        settings,
        database=database,
        directory=ground.directory,
        alerts=ground.alerts,
        clock=clock,
        poke=dispatcher.hasten,
        has_stable_ids=ground.has_stable_ids,
        capabilities=lambda account: ground.adapters[account].capabilities,
        ours=ours,
        desk=desk,
        plugins=plugins,
        entries=entries,
        fetch=fetch_by(ground.adapters),
        playbooks=playbooks,
        teaching=teaching,
    )
    approve(room, database, ground.can_send)
    watch_entries(room, entries, ground.alerts, clock, playbooks, settings.timezone)
    standins = stand_ins(
        room,
        desk,
        dispatcher,
        ground.adapters,
        database=database,
        alerts=ground.alerts,
        clock=clock,
        playbooks=playbooks,
    )
    turns = Turns()
    risk = risk_stage(room, plugins, ground.adapters, database=database, ours=ours, expected=expected, models=teaching)
    files = file_stage(
        room,
        desk=desk,
        adapters=ground.adapters,
        database=database,
        directory=ground.directory,
        ours=ours,
        turns=turns,
    )
    added = PluginCommands(room.services.registry, ground.alerts, lambda: plugins.commands)
    way_in = way_in_stage(room, entries, database=database, clock=clock, ours=ours, timezone=settings.timezone)
    friends = friend_first(
        entries,
        lambda: desk.settings,
        database=database,
        directory=ground.directory,
        alerts=ground.alerts,
        clock=clock,
    )
    room.chores.append(friends.look)
    report_in_the_evening(room, desk, database, clock)
    caring = care_of(room, desk, running, database=database, clock=clock, ours=ours, ears=ears(ground.adapters))
    tails = TailStage(tails=SqlTails(database), stages=lambda: desk.settings.tracking.stages, clock=clock, ours=ours)
    return Office(
        room=room,
        alerts=chat_alerts(room, settings, database),
        turns=turns,
        reminders=Reminders(
            room, settings, database=database, alerts=ground.alerts, clock=clock, can_send=ground.can_send
        ),
        teaching=teaching,
        standins=standins,
        stages=(risk, added, CommandStage(room.router, turns), files, way_in, friends, tails, *caring, plugins),
    )
