"""Live codes put together over the store, for the office and for commands that run without accounts."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.chat.adapter import Received
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.desk.entries import Entries, EntryParts
from groupbot.desk.live_codes import CodeParts, LiveCodes
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.audit import SqlAudit
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.entries import SqlEntries
from groupbot.storage.live_codes import SqlLiveCodes
from groupbot.storage.standby import SqlStandby


def live_codes(entries: Entries, settings: Callable[[], Settings], *, database: Database, clock: Clock) -> LiveCodes:
    """Return the live codes of the project; nothing is read yet."""
    campaigns = SqlCampaigns(database)

    async def has_campaign(campaign: str) -> bool:
        return await campaigns.get(campaign) is not None

    return LiveCodes(
        CodeParts(
            store=SqlLiveCodes(database),
            entries=entries,
            settings=settings,
            has_campaign=has_campaign,
            clock=clock,
            audit=SqlAudit(database),
        )
    )


def entries_alone(settings: Settings, *, database: Database, clock: Clock) -> Entries:
    """Return the entries of a project for a command, which reaches no account."""

    async def fetch(_account: str, _message_id: str, _most_bytes: int) -> Received:
        raise CampaignError(_("Pictures of chats are fetched by the daemon alone."))

    return Entries(
        EntryParts(
            store=SqlEntries(database),
            healths=SqlStandby(database).healths,
            fetch=fetch,
            codes=codes_in_picture,
            directory=Directory.from_settings(settings.groups),
            settings=lambda: settings,
            clock=clock,
            audit=SqlAudit(database),
        )
    )


def codes_in_picture(image: bytes) -> tuple[str, ...]:
    """Return what the QR codes in a picture say."""
    from groupbot.risk.codes import codes_in  # noqa: PLC0415 - its reader takes as long as a start, see test_daemon_imports

    return codes_in(image)
