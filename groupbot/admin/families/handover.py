"""/交接: everything that somebody needs to know who runs the bot tomorrow."""

from __future__ import annotations

from groupbot.admin.declare import Answer, Call, Command, Option
from groupbot.admin.places import PlaceKind
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.i18n import _

WRITING_S = 120.0
"""Seconds that it may take: the reader of SOPs is loaded with it, and a year of campaigns is counted."""


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""

    async def hand_over(_call: Call) -> Answer:
        written = await services.handovers.write()
        options = (Option(label=_("Today"), line="/活动 今天"), Option(label=_("Open tasks"), line="/任务 列表"))
        return Answer(text=written.text, options=options, files=(written.file,))

    return (
        Command(
            path=("交接",),
            aliases=(("handover",),),
            role=Role.OPERATOR,
            places=frozenset({PlaceKind.ADMIN_GROUP, PlaceKind.PRIVATE}),
            changes=False,
            limit_s=WRITING_S,
            help=_("Writes down how things stand, what comes, who is who, and how to go on; sends it as a file."),
            example="/交接",
            handler=hand_over,
        ),
    )
