"""A version of a campaign's SOP as it was, and what its launch was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from groupbot.campaign.values import Campaign, SopVersion
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.sop.calendar import first_on_or_after
from groupbot.sop.document import Sop
from groupbot.sop.load import load
from groupbot.sop.materials import Found
from groupbot.sop.planned import SopError
from groupbot.sop.timenode import CalendarDay, OnDay
from groupbot.sop.timetext import parse_time


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """Materials as they were when a version was made: known by their digests, wherever they are now."""

    digests: Mapping[str, str]

    def find(self, path: str) -> Found:
        """Return the material as it was."""
        return Found(path=path, size=1, digest=self.digests.get(path, ""))

    def keep(self, name: str, data: bytes) -> None:
        """Keep nothing: a text holds no pictures."""


def digests(sop: Sop) -> dict[str, str]:
    """Return the digests of the SOP's materials, by the path in its text."""
    return {material.written: material.digest for material in sop.materials.values()}


def recall(campaign: Campaign, version: SopVersion) -> Sop:
    """Return the SOP of `version` with its materials as they were; raises CampaignError when it can't be read."""
    try:
        file = f"{campaign.id}.yaml"
        return load(version.text.encode(), file=file, files=Recorded(digests=version.materials))
    except SopError as error:
        raise CampaignError(
            _("Version {number} of {campaign} can't be read: {reason}").format(
                number=version.number, campaign=campaign.id, reason=error.message
            ),
            hint=_("Launch the campaign again from its file: `groupbot campaign launch`."),
        ) from error


def event_of(campaign: Campaign) -> datetime | None:
    """Return the event's wall clock that the launch was given, None = the SOP's own."""
    text = campaign.params.get("event")
    node = parse_time(text) if isinstance(text, str) and text else None
    if not isinstance(node, OnDay) or not isinstance(node.day, CalendarDay):
        return None
    day = node.day
    found = date(day.year, day.month, day.day) if day.year else first_on_or_after(campaign.start, day.month, day.day)
    return datetime.combine(found, time()) + timedelta(minutes=node.slots[0].start)


def roles_of_launch(campaign: Campaign) -> dict[str, str]:
    """Return the accounts that the launch gave to roles."""
    mapped = campaign.params.get("roles")
    return {role: f"{account}" for role, account in mapped.items()} if isinstance(mapped, Mapping) else {}
