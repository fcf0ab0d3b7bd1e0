"""The command families: one file each. A family that is not listed here is not heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from groupbot.admin.declare import Command
from groupbot.admin.families import (
    accounts,
    campaigns,
    conversions,
    deliveries,
    entries,
    experiments,
    groups,
    handover,
    inspecting,
    live_codes,
    members,
    origins,
    people,
    plugins,
    reports,
    risk,
    sending,
    squads,
    steps,
    system,
    tasks,
    teaching,
)
from groupbot.admin.services import Services

Family = Callable[[Services], Iterable[Command]]
FAMILIES: tuple[Family, ...] = (
    system.commands,
    campaigns.commands,
    steps.commands,
    deliveries.commands,
    tasks.commands,
    groups.commands,
    entries.commands,
    live_codes.commands,
    experiments.commands,
    squads.commands,
    members.commands,
    people.commands,
    accounts.commands,
    plugins.commands,
    reports.commands,
    handover.commands,
    inspecting.commands,
    sending.commands,
    risk.commands,
    teaching.commands,
    conversions.commands,
    origins.commands,
)


def register(services: Services, families: Iterable[Family] = FAMILIES) -> None:
    """Fill the registry of `services` with the commands of every family."""
    for family in families:
        for command in family(services):
            services.registry.add(command)
