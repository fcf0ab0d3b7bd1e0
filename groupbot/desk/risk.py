"""Risk control put together over the parts of a daemon."""

from __future__ import annotations

from collections.abc import Container, Mapping

from groupbot.admin.places import PlaceKind
from groupbot.admin.room import ControlRoom
from groupbot.chat.adapter import Adapter
from groupbot.chat.directory import Group
from groupbot.core.roles import Role
from groupbot.desk.ears import ears
from groupbot.desk.judging import LARGEST, Judging, Models
from groupbot.desk.own_thresholds import OwnThresholds
from groupbot.inbound.risk import RiskStage
from groupbot.inbound.risk_ports import Around
from groupbot.plugin_host.host import Host
from groupbot.risk.expected import ExpectedAnswers
from groupbot.storage.engine import Database
from groupbot.storage.newcomers import SqlNewcomers
from groupbot.storage.risk_history import SqlHistory
from groupbot.storage.risk_samples import SqlSamples


def risk_stage(
    room: ControlRoom,
    plugins: Host,
    adapters: Mapping[str, Adapter],
    *,
    database: Database,
    ours: Container[str],
    expected: ExpectedAnswers,
    models: Models,
) -> RiskStage:
    """Return the stage that judges what members say."""
    services = room.services
    rules = services.risk.rules

    async def fetch(account: str, message_id: str) -> bytes:
        return (await adapters[account].fetch(message_id, most_bytes=LARGEST)).data

    def is_ours(account: str, member: str) -> bool:
        return member in ours or room.people.identify(account, member).role >= Role.STAFF

    def watches(group: Group) -> bool:
        place = room.places.named(group.name)
        return place is not None and place.kind is PlaceKind.CUSTOMER_GROUP

    room.chores.append(OwnThresholds(SqlSamples(database), rules, room.clock).look)
    return RiskStage(
        judge=Judging(rules=rules, models=models, fetch=fetch, find=plugins.findings),
        rules=rules,
        handling=services.cases,
        newcomers=SqlNewcomers(database),
        expected=expected,
        past=SqlHistory(database),
        directory=services.directory,
        around=Around(
            is_ours=is_ours,
            watches=watches,
            can=services.risk.abilities.can,
            standing=services.risk.abilities.standing,
            ears=ears(adapters),
        ),
        ours=ours,
        clock=room.clock,
    )
