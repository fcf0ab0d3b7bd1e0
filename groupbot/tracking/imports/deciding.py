"""What becomes of every row of a list: taken, changed, known, proposed, or left out with the reason. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from groupbot.i18n import _
from groupbot.sop.planned import Source as Place
from groupbot.tracking.conversion_book import People, Proposal, is_same
from groupbot.tracking.imports.attendance import attendance_key, is_attendance
from groupbot.tracking.imports.values import LeftRow, ListRow, Reached
from groupbot.tracking.matching import By, Match, Who, matched
from groupbot.tracking.stages import Conversion, Source, StoredConversion

STILL_COUNTS = "still-counts"
"""The code of a row that is left out as not paid, while its order counts as paid from before."""


class Fate(StrEnum):
    """What a row becomes."""

    TAKEN = "taken"
    CHANGED = "changed"
    """It counted already, with other values, which are taken back."""
    KNOWN = "known"
    """It counts already, or stands in the file twice."""
    PROPOSED = "proposed"
    """Whom it means is for a person to say."""
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One row's. `code`, `reason`, `hint`: of what is left out; `member`: whose it is; `candidates` of a proposal."""

    where: Place
    fate: Fate
    key: str = ""
    member: str = ""
    by: By | None = None
    candidates: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What there was before. `stored`: the newest conversion under each key; `proposals` by key."""

    stored: Mapping[str, StoredConversion] = field(default_factory=dict)
    proposals: Mapping[str, Proposal] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Of which import rows are. `again`: what people took back or dropped is counted, too."""

    campaign: str
    name: str
    by: str
    again: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """An outcome for every row, in order, and what is to be written. `channels`: member -> what rows say of them."""

    outcomes: tuple[Outcome, ...]
    conversions: tuple[Conversion, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    channels: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many rows became what; they add up to all."""
        found = Counter(one.fate for one in self.outcomes)
        return {fate: found[fate] for fate in Fate}


def row_keys(rows: Sequence[ListRow | LeftRow]) -> tuple[str, ...]:
    """Return the keys under which rows may have been proposed."""
    return tuple(dict.fromkeys(one.key for row in rows if isinstance(row, ListRow) for one in row.reached))


def keys_of(rows: Sequence[ListRow | LeftRow], people: People, proposals: Mapping[str, Proposal]) -> tuple[str, ...]:
    """Return every key under which rows may count already."""
    found = dict.fromkeys(row_keys(rows))
    found |= dict.fromkeys(row.key for row in rows if isinstance(row, LeftRow) and row.key)
    for row in (row for row in rows if isinstance(row, ListRow) and row.by_member):
        match, settled = matched(row.who, people), proposals.get(row.key)
        members = (match.member if isinstance(match, Match) else "", settled.member if settled else "")
        found |= dict.fromkeys(one.key for member in members if member for one in _of_member(row, member))
    return tuple(found)


def decide(rows: Sequence[ListRow | LeftRow], people: People, known: Known, batch: Batch) -> Decided:
    """Return what becomes of each row. A key that is in the file before is known, once its first row is taken."""
    return _Decider(people, known, batch).decided(rows)


class _Decider:
    """Go through the rows in order, with what the earlier ones of the file told."""

    def __init__(self, people: People, known: Known, batch: Batch) -> None:
        self._people = people
        self._known = known
        self._batch = batch
        self._told: dict[str, str] = {}
        self._conversions: dict[str, Conversion] = {}
        self._proposals: dict[str, Proposal] = {}
        self._channels: dict[str, str] = {}

    def decided(self, rows: Sequence[ListRow | LeftRow]) -> Decided:
        outcomes = tuple(self._left(row) if isinstance(row, LeftRow) else self._row(row) for row in rows)
        return Decided(
            outcomes=outcomes,
            conversions=tuple(self._conversions.values()),
            proposals=tuple(self._proposals.values()),
            channels=self._channels,
        )

    def _left(self, row: LeftRow) -> Outcome:
        outcome = Outcome(where=row.where, fate=Fate.REJECTED, code=row.code, reason=row.reason, hint=row.hint)
        old = self._known.stored.get(row.key)
        if old is None or old.undone_at is not None:
            return outcome
        hint = _("Take it back, or import it as refunded: groupbot track undo {key}").format(key=row.key)
        reason = _("{reason}, and it still counts").format(reason=row.reason)
        return replace(outcome, key=row.key, code=STILL_COUNTS, reason=reason, hint=hint)

    def _row(self, row: ListRow) -> Outcome:
        match = self._match(row)
        if isinstance(match, Outcome):
            return match
        if match is None:
            return self._propose(row)
        member, by = match
        reached = _of_member(row, member) if row.by_member else row.reached
        if row.channel:
            self._channels.setdefault(member, row.channel)
        fates = [self._reach(row, one, member) for one in reached]
        fate = next(fate for fate in (Fate.CHANGED, Fate.TAKEN, Fate.REJECTED, Fate.KNOWN) if fate in fates)
        outcome = Outcome(where=row.where, fate=fate, key=reached[0].key, member=member, by=by)
        if fate is not Fate.REJECTED:
            return outcome
        hint = _("--again, in chat 重计=是, brings it back.")
        return replace(outcome, code="undone", reason=_("somebody took it back"), hint=hint)

    def _match(self, row: ListRow) -> tuple[str, By | None] | Outcome | None:
        """Return whose a row is and what told it; None = doubtful; an outcome where a person dropped it.

        What counts already stays whose it is, unless an id or a phone says otherwise: names change hands.
        """
        found = matched(row.who, self._people)
        sure = found if isinstance(found, Match) and found.by is not By.NAME else None
        if sure is not None:
            return sure.member, sure.by
        old = self._known.stored.get(row.key)
        if old is not None and not row.by_member:
            return old.conversion.member, None
        settled = self._known.proposals.get(row.key)
        if settled is not None and settled.state == "taken":
            return settled.member, None
        if settled is not None and settled.state == "dropped" and not self._batch.again:
            reason = _("{name} dropped it").format(name=settled.by or "—")
            hint = _("--again, in chat 重计=是, brings it back.")
            return Outcome(where=row.where, fate=Fate.REJECTED, key=row.key, code="dropped", reason=reason, hint=hint)
        return (found.member, found.by) if isinstance(found, Match) else None

    def _reach(self, row: ListRow, one: Reached, member: str) -> Fate:
        conversion = self._conversion(row, one, member)
        if one.key in self._told:
            return Fate.KNOWN
        self._told[one.key] = member
        old = self._known.stored.get(one.key)
        if old is not None and old.undone_at is not None and old.undone_by and not self._batch.again:
            return Fate.REJECTED
        if old is not None and old.undone_at is None and is_same(old.conversion, conversion):
            return Fate.KNOWN
        self._conversions[one.key] = conversion
        return Fate.CHANGED if old is not None and old.undone_at is None else Fate.TAKEN

    def _propose(self, row: ListRow) -> Outcome:
        found = matched(row.who, self._people)
        candidates = () if isinstance(found, Match) else found.candidates
        outcome = Outcome(where=row.where, fate=Fate.PROPOSED, key=row.key, candidates=candidates)
        if row.key in self._told:
            return replace(outcome, fate=Fate.KNOWN)
        self._told |= dict.fromkeys((one.key for one in row.reached), "")
        self._proposals[row.key] = Proposal(
            campaign=self._batch.campaign,
            key=row.key,
            batch=self._batch.name,
            row=row.where.row or 0,
            conversions=tuple(self._conversion(row, one, "") for one in row.reached),
            called=_called(row.who),
            candidates=candidates,
        )
        return outcome

    def _conversion(self, row: ListRow, one: Reached, member: str) -> Conversion:
        return Conversion(
            campaign=self._batch.campaign,
            member=member,
            group=self._people.groups.get(member, ""),
            stage=one.stage,
            at=one.at,
            amount=one.amount,
            currency=one.currency,
            source=Source.IMPORT,
            key=one.key,
            detail=row.detail,
            by=self._batch.by,
        )


def settled_as(proposal: Proposal, member: str, people: People) -> tuple[Conversion, ...]:
    """Return what counts once a proposal is taken for `member`."""
    group = people.groups.get(member, "")
    return tuple(
        replace(one, member=member, group=group, key=_key_of_member(one, member)) for one in proposal.conversions
    )


def _key_of_member(one: Conversion, member: str) -> str:
    return attendance_key(one.detail, member) if is_attendance(one.key) else one.key


def _of_member(row: ListRow, member: str) -> tuple[Reached, ...]:
    return tuple(replace(one, key=attendance_key(row.detail, member)) for one in row.reached)


def _called(who: Who) -> str:
    tail = f"…{who.tail}" if who.tail else ""
    return " ".join(filter(None, (who.name or who.member, tail)))
