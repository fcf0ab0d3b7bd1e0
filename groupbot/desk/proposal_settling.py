"""Settling doubtful rows: whose they are, or that they are dropped. All choices hold, or none is carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.admin.conversion_desk import Counted
from groupbot.desk.existing import existing
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.conversions import SqlConversions
from groupbot.storage.engine import Database
from groupbot.storage.persons import SqlRoll
from groupbot.storage.proposals import SqlProposals
from groupbot.tracking.conversion_book import People, Proposal
from groupbot.tracking.imports.deciding import settled_as
from groupbot.tracking.stages import Conversion


async def settle(database: Database, now: datetime, choices: Mapping[int, str], by: str) -> Sequence[Counted]:
    """Do what `ConversionDesk.settle` does.

    The conversions are written first: after a crash between the two the proposal is open, and taking it again writes
    nothing twice.
    """
    store, doubtful = SqlConversions(database), SqlProposals(database)
    found = {one.id: one for one in await doubtful.get(list(choices))}
    people = {campaign: await SqlRoll(database).people(campaign) for campaign in {p.campaign for p in found.values()}}
    for number, member in choices.items():
        _check(found.get(number), number, member, people)
    done: list[Counted] = []
    for number, member in choices.items():
        one = found[number]
        taken = tuple(
            replace(made, by=by) for made in (settled_as(one, member, people[one.campaign]) if member else ())
        )
        await store.add(taken, now=now)
        await doubtful.settle(number, state="taken" if member else "dropped", member=member, by=by, now=now)
        zone = ZoneInfo((await existing(database, one.campaign)).timezone)
        done += [_counted(made, zone) for made in taken]
    return done


def _check(one: Proposal | None, number: int, member: str, people: Mapping[str, People]) -> None:
    if one is None or one.state != "open":
        raise CampaignError(
            _("Row #{n} is not open.").format(n=number), hint=_("/转化 待定, or `groupbot track proposals list`.")
        )
    if member and member not in people[one.campaign].groups:
        raise CampaignError(
            _("{member} is no member of {campaign}.").format(member=member, campaign=one.campaign),
            hint=_("Give a member's id, or one of the letters of the list."),
        )


def _counted(one: Conversion, zone: ZoneInfo) -> Counted:
    return Counted(
        key=one.key,
        campaign=one.campaign,
        what=one.stage,
        at=one.at.astimezone(zone).isoformat(timespec="seconds"),
        member=one.member,
        group=one.group,
        amount=one.amount,
        currency=one.currency,
    )
