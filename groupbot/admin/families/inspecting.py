"""/诊断, /审计: what is wrong, and who did what."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from groupbot.admin.audit import AuditEntry, AuditQuery
from groupbot.admin.declare import Answer, Call, Command, Kind, Parameter
from groupbot.admin.families.phone import moment, page
from groupbot.admin.places import PlaceKind
from groupbot.admin.services import Services
from groupbot.admin.words import result_word
from groupbot.core.roles import Role
from groupbot.i18n import _, ngettext

EXAMINING_S = 180.0
"""Seconds that the doctor may take: each SOP is read and each check that waits has a limit of its own."""
MOST = 15
"""Entries of the audit in one answer."""
_LONGEST = 50
_TODAY = frozenset({"今天", "today"})
_INNER = frozenset({PlaceKind.ADMIN_GROUP, PlaceKind.PRIVATE})


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    inspecting = _Inspecting(services)
    return (
        Command(
            path=("诊断",),
            aliases=(("doctor",),),
            role=Role.OPERATOR,
            places=_INNER,
            changes=False,
            limit_s=EXAMINING_S,
            help=_("Examines the project; shows what is wrong, and the way out."),
            example="/诊断",
            handler=inspecting.diagnose,
        ),
        Command(
            path=("审计",),
            aliases=(("audit",),),
            parameters=(Parameter(name="about", label=_("person, command, 今天"), kind=Kind.REST, optional=True),),
            role=Role.OPERATOR,
            places=_INNER,
            changes=False,
            help=_("Lists who did what, the newest first."),
            example="/审计 今天",
            handler=inspecting.audit,
        ),
    )


class _Inspecting:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def diagnose(self, _call: Call) -> Answer:
        found = await self._services.doctor.examine()
        if not found.failures:
            text = ngettext("{n} check, nothing wrong.", "{n} checks, nothing wrong.", found.checks)
            return Answer(text=text.format(n=found.checks))
        lines = [line for one in found.failures for line in (f"✗ {one.message}", f"  → {one.hint}" if one.hint else "")]
        return Answer(text=page(filter(None, lines)))

    async def audit(self, call: Call) -> Answer:
        query = self._query(str(call.arguments.get("about", "")).split())
        rows = await self._services.audit.list(query)
        return Answer(text=page(map(self._line, rows)) if rows else _("Nothing of this kind is in the audit."))

    def _query(self, words: list[str]) -> AuditQuery:
        """Return what `words` ask for: a person's name and 今天 are known, the rest is a command's name."""
        query, command = AuditQuery(limit=MOST), []
        for word in words:
            if word.lower() in _TODAY:
                query = replace(query, since=self._midnight())
            elif word in self._services.people.names:
                query = replace(query, actor=word)
            else:
                command.append(word.lstrip("/／"))
        known = self._services.registry.find(" ".join(command)) if command else None
        return replace(query, action=known.name if known else " ".join(command) or None)

    def _midnight(self) -> datetime:
        zone = self._services.zone
        return datetime.combine(self._services.clock.now().astimezone(zone).date(), time(), tzinfo=zone)

    def _line(self, row: AuditEntry) -> str:
        detail = row.detail if len(row.detail) <= _LONGEST else f"{row.detail[:_LONGEST]}…"
        said = (moment(row.at, self._services.zone), row.actor, row.action, result_word(row.result), detail)
        return " ".join(filter(None, said))
