"""Gathering the handover, and writing it into the project's folder. Imports the reader of SOPs."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from groupbot.admin.audit import AuditQuery, Result
from groupbot.admin.people import Binding
from groupbot.admin.words import role_word, state_word
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import CampaignState
from groupbot.campaign.words import campaign_word
from groupbot.core.roles import Role
from groupbot.delivery.values import State
from groupbot.desk.campaigns import campaigns
from groupbot.desk.tasks import open_tasks
from groupbot.errors import ConfigError
from groupbot.i18n import _, os_reason
from groupbot.reports.document import Document, as_html, as_markdown
from groupbot.reports.handover import (
    AccountFact,
    CampaignFact,
    Change,
    HandoverFacts,
    PersonFact,
    SquadFact,
    handover,
)
from groupbot.settings import Settings
from groupbot.storage import handover as store
from groupbot.storage.audit import SqlAudit
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.pending import pending
from groupbot.storage.people import SqlPeople
from groupbot.storage.presence import Presence

DAY = timedelta(days=1)
FOLDER = "handover"
"""Where in the project the documents are put that are sent by chat."""
KEPT = 10
"""Documents kept there: they hold no member's data, but nobody reads the eleventh."""
_CHANGES = 30
"""Audited changes that are told."""


async def gathered(settings: Settings, database: Database, now: datetime) -> Document:
    """Return the handover as things stand at `now`. Raises StoreError."""
    standing = await Presence(database).standing(now)
    facts = HandoverFacts(
        now=now,
        zone=ZoneInfo(settings.timezone),
        daemon=state_word(standing.state),
        accounts=tuple(
            AccountFact(name=one.name, state=state_word(one.state), is_online=one.state == "online", detail=one.detail)
            for one in standing.accounts
        ),
        campaigns=await _campaigns(database),
        past=await store.past(database, now - DAY, now),
        changes=await _changes(database, now),
        coming=await store.coming(database, now, now + DAY),
        tasks=await open_tasks(database),
        pending=await pending(database, (State.UNKNOWN, State.HELD)),
        cards=await store.open_cards(database),
        people=tuple(_people(settings, await SqlPeople(database).bindings())),
        squads=tuple(_squads(settings)),
        admin_groups=settings.admin.groups,
        files=tuple(_files(settings, database)),
    )
    return handover(facts)


def write(document: Document, file: Path) -> None:
    """Write the document: a page where the name ends in .html, else Markdown. Raises ConfigError."""
    text = as_html(document) if file.suffix.lower() in {".html", ".htm"} else as_markdown(document)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(_("{file} can't be written: {reason}.").format(file=file, reason=os_reason(error))) from error


async def written(settings: Settings, database: Database, now: datetime) -> tuple[Document, Path]:
    """Return the handover and the page that holds it, of which the newest are kept. Raises StoreError, ConfigError."""
    document = await gathered(settings, database, now)
    local = now.astimezone(ZoneInfo(settings.timezone))
    file = (settings.folder / FOLDER / f"handover-{local:%Y%m%d-%H%M%S}.html").absolute()

    def work() -> None:
        write(document, file)
        for old in sorted(file.parent.glob("handover-*.html"))[:-KEPT]:
            old.unlink(missing_ok=True)

    await asyncio.to_thread(work)
    return document, file


async def _campaigns(database: Database) -> tuple[CampaignFact, ...]:
    over = {CampaignState.CANCELLED, CampaignState.FINISHED}
    found = [row for row in await campaigns(database) if row.state not in over and row.campaign.id != ONE_OFF]
    names = SqlCampaigns(database)
    return tuple(
        [
            CampaignFact(
                id=row.campaign.id,
                title=row.campaign.title,
                state=campaign_word(row.state),
                groups=len(await names.groups(row.campaign.id)),
                waiting=row.waiting,
                is_running=row.state is CampaignState.RUNNING,
                paused_in=row.paused_in,
            )
            for row in found
        ]
    )


async def _changes(database: Database, now: datetime) -> tuple[Change, ...]:
    """Return what was done in the last day by command, oldest first."""
    rows = await SqlAudit(database).list(AuditQuery(since=now - DAY, result=Result.CONFIRMED, limit=_CHANGES))
    return tuple(Change(at=row.at, who=row.actor, what=f"{row.action} {row.detail}".strip()) for row in reversed(rows))


def _people(settings: Settings, bindings: Sequence[Binding]) -> Iterator[PersonFact]:
    bound: defaultdict[str, set[str]] = defaultdict(set)
    for item in bindings:
        bound[item.person].add(item.account)
    led = _led(settings)
    for person in sorted(settings.people, key=lambda one: -one.rank):
        squads = led.get(person.name, ())
        role = max(person.rank, Role.LEADER) if squads else person.rank
        yield PersonFact(
            name=person.name,
            role=role_word(role),
            squads=tuple(dict.fromkeys((*squads, *person.squads))),
            bound=tuple(sorted(bound[person.name] | set(person.ids))),
        )


def _led(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    leaders = {squad.leader for squad in settings.squads if squad.leader}
    return {name: tuple(squad.name for squad in settings.squads if squad.leader == name) for name in leaders}


def _squads(settings: Settings) -> Iterator[SquadFact]:
    known = {squad.name: squad for squad in settings.squads}
    names = dict.fromkeys((*known, *(group.squad for group in settings.groups if group.squad)))
    for name in names:
        squad = known.get(name)
        groups = tuple(group.name for group in settings.groups if group.squad == name)
        yield SquadFact(
            name=name,
            leader=squad.leader if squad else "",
            chat=squad.group if squad else "",
            groups=groups,
        )


def _files(settings: Settings, database: Database) -> Iterator[tuple[str, str]]:
    folder = settings.folder.absolute()
    yield _("Project"), str(folder)
    yield _("Settings"), str(folder / "config.toml")
    yield _("SOPs and their materials"), str(folder / "sops")
    yield _("Plugins"), str(folder / "plugins")
    yield _("Database"), database.url.render_as_string(hide_password=True)
    yield _("Log"), str(settings.log.file or _("standard error of the daemon"))
