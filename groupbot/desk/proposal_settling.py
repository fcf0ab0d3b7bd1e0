"""Settling doubtful rows: whose they are, or that they are dropped. All choices hold, or none is carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.admin.conversion_desk import Counted
from groupbot.desk.existing import existing
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined
from groupbot.storage.conversions import SqlConversions
from groupbot.storage.engine import Database
from groupbot.storage.persons import SqlRoll
from groupbot.storage.proposals import SqlProposals
from groupbot.tracking.conversion_book import People, Proposal
from groupbot.tracking.imports.deciding import settled_as
from groupbot.tracking.matching import MOST_CANDIDATES, Match, Who, matched
from groupbot.tracking.stage_words import stage_title
from groupbot.tracking.stages import Conversion


async def settle(database: Database, now: datetime, choices: Mapping[int, str], by: str) -> Sequence[Counted]:
    """Do what `ConversionDesk.settle` does.

    The conversions are written first: after a crash between the two the proposal is open, and taking it again writes
    nothing twice.
    """
    store, doubtful = SqlConversions(database), SqlProposals(database)
    found = {one.id: one for one in await doubtful.get(list(choices))}
    people = {campaign: await SqlRoll(database).people(campaign) for campaign in {p.campaign for p in found.values()}}
    chosen = {number: _whose(found.get(number), number, word, people) for number, word in choices.items()}
    done: list[Counted] = []
    for number, member in chosen.items():
        one = found[number]
        taken = tuple(
            replace(made, by=by) for made in (settled_as(one, member, people[one.campaign]) if member else ())
        )
        await store.add(taken, now=now)
        await doubtful.settle(number, state="taken" if member else "dropped", member=member, by=by, now=now)
        zone = ZoneInfo((await existing(database, one.campaign)).timezone)
        shown = people[one.campaign].shown.get(member, "")
        done += [_counted(made, zone, shown) for made in taken]
    return done


def _whose(one: Proposal | None, number: int, word: str, people: Mapping[str, People]) -> str:
    """Return the member that `word`, an id or a name, means there; "" drops the row. Raises CampaignError."""
    if one is None or one.state != "open":
        raise CampaignError(
            _("Row #{n} is not open.").format(n=number), hint=_("/转化 待定, or `groupbot track proposals list`.")
        )
    if not word:
        return ""
    match = matched(Who(member=word, name=word), people[one.campaign])
    if isinstance(match, Match):
        return match.member
    if match.candidates:
        raise CampaignError(
            _("Several members are called {name}.").format(name=word),
            hint=_("Give the id: {ids}.").format(ids=joined(match.candidates[:MOST_CANDIDATES])),
        )
    raise CampaignError(
        _("No member of {campaign} is called {name}.").format(campaign=one.campaign, name=word),
        hint=_("Give a member's id or nickname, or one of the letters of the list."),
    )


def _counted(one: Conversion, zone: ZoneInfo, shown: str) -> Counted:
    return Counted(
        key=one.key,
        campaign=one.campaign,
        what=one.stage,
        title=stage_title(one.stage),
        at=one.at.astimezone(zone).isoformat(timespec="seconds"),
        member=one.member,
        shown=shown,
        group=one.group,
        amount=one.amount,
        currency=one.currency,
    )
