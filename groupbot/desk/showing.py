"""Previews for chats: in words, and as a picture where the packages for pictures are installed."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from loguru import logger

from groupbot.campaign.editing import Running
from groupbot.campaign.recalling import event_of, roles_of_launch
from groupbot.campaign.starts import accounts_of, start_of
from groupbot.campaign.views import Shown
from groupbot.desk.group_starts import plan_groups
from groupbot.desk.linting import Crew
from groupbot.desk.previewing import in_words, previewed
from groupbot.errors import ConfigError
from groupbot.reports.calendar import calendar
from groupbot.reports.letters import letters
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.planned import PlanGroup
from groupbot.sop.preview.calendar import Preview

KEPT = timedelta(days=1)
"""How long a picture stays: what is posted later than that is not posted at all."""


def shown(made: Preview, sop: Sop, root: Path, now: datetime) -> Shown:
    """Return `made` as a chat shows it; draws for up to 3 s."""
    return Shown(text=in_words(made, sop.roles), picture=_picture(made, sop, root, now))


def running_preview(running: Running, groups: tuple[str, ...], settings: Settings) -> Preview:
    """Return the preview of a campaign as it runs in `groups`."""
    campaign, known = running.campaign, plan_groups(settings)
    event = event_of(campaign)
    named = [known.get(name, PlanGroup(name=name, known=False)) for name in groups]
    given = campaign.params.get("set")
    crew = Crew.of(settings, roles_of_launch(campaign), accounts_of(campaign.params))
    starts = [start_of(campaign, group, event) for group in named]
    return previewed(running.sop, starts, given if isinstance(given, dict) else {}, crew)


def _picture(made: Preview, sop: Sop, root: Path, now: datetime) -> str:
    """Draw `made` into the project's cache and return where, "" when it can't be."""
    try:
        drawn = calendar(made, sop.roles, letters())
        return str(_kept(drawn, (root / "cache" / "previews").resolve(), now))
    except ConfigError:  # not installed: the words do
        return ""
    except OSError as error:
        logger.bind(action="preview-picture").warning("not written: {}", error)
        return ""


def _kept(data: bytes, folder: Path, now: datetime) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    oldest = (now - KEPT).timestamp()
    for old in folder.glob("*.png"):
        if old.stat().st_mtime < oldest:
            old.unlink(missing_ok=True)
    place = folder / f"{hashlib.sha256(data).hexdigest()[:16]}.png"
    fresh = place.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(place)
    return place
