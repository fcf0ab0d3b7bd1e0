"""How a step is shown to who must approve it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from groupbot.campaign.approvals import Moment, Waiting
from groupbot.campaign.by_hand import words_of
from groupbot.core.content import Part
from groupbot.core.policies import Unapproved
from groupbot.i18n import _, ngettext

_VERSIONS = 3
"""Versions that a card shows; they differ in what is filled in for each group."""
_LONGEST = 700


def question(moment: Moment, rows: Sequence[Waiting]) -> str:
    """Return a step as it will look, with its time, its reach, and what happens without an answer."""
    return "\n".join(_lines(moment, rows))


def reword_line(moment: Moment) -> str:
    """Return the command that changes the words."""
    lead = _("Copy this, write the new words behind it; you are asked again then:")
    return f"{lead}\n/步骤 改话术 强制=是 {moment.campaign} {moment.step} "


def _lines(moment: Moment, rows: Sequence[Waiting]) -> Iterator[str]:
    first = rows[0]
    at = f"{first.due.astimezone(ZoneInfo(first.timezone)):%m-%d %H:%M}"
    count = len({row.group for row in rows})
    groups = ngettext("{n} group", "{n} groups", count).format(n=count)
    yield _("To approve: {campaign} · {step} · {at} · {groups}").format(
        campaign=moment.campaign, step=moment.step, at=at, groups=groups
    )
    sends = first.approval.default is Unapproved.SEND
    yield (_("Without an answer it goes out then.") if sends else _("Without an answer it is held then."))
    versions = Counter(row.parts for row in rows).most_common()
    for parts, number in versions[:_VERSIONS]:
        yield "———" if len(versions) == 1 else "——— " + ngettext("{n} group", "{n} groups", number).format(n=number)
        yield _short(parts)
    if len(versions) > _VERSIONS:
        yield _("…{n} more").format(n=len(versions) - _VERSIONS)
    yield "———"


def _short(parts: tuple[Part, ...]) -> str:
    text = words_of(parts)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
