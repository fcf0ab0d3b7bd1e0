"""Conversions, imports and plans in lines for a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from groupbot.admin.conversion_desk import Counted, Meant, ReadFile
from groupbot.admin.declare import Answer, Option
from groupbot.i18n import _, joined
from groupbot.tracking.conversion_book import Proposal
from groupbot.tracking.stage_words import stage_title

if TYPE_CHECKING:
    from groupbot.tracking.planning import PlanLine

_MOST_REASONS = 8
_LETTERS = "abcdefghi"


def counted_line(one: Counted) -> str:
    """Return a conversion or a cost: what, who, how much, when, and its key."""
    money = f"{one.amount:f} {one.currency}" if one.amount is not None else ""
    who = f"{one.shown} ({one.member})" if one.shown not in {"", one.member} else one.member
    when = one.at[:16].replace("T", " ")
    return " · ".join(filter(None, (one.campaign, one.title, who, money, when, one.key, one.also)))


def counted_answer(one: Counted) -> Answer:
    """Return the same as an answer, with the way to take it back."""
    options = (Option(label=_("take it back"), line=f'/转化 撤销 "{one.key}" 活动={one.campaign}'),)
    return Answer(text=counted_line(one), options=options)


def name_of(meant: Meant) -> str:
    """Return what a member is called, with the id."""
    return f"{meant.shown} ({meant.member})" if meant.shown else meant.member


def read_lines(found: ReadFile) -> Iterator[str]:
    """Yield what became, or would become, of a file's rows."""
    yield _("{file} for {campaign}: {n} rows").format(file=found.file, campaign=found.campaign, n=len(found.outcomes))
    words = {
        "taken": _("taken"),
        "changed": _("changed"),
        "known": _("known"),
        "proposed": _("proposed"),
        "rejected": _("left out"),
    }
    yield " · ".join(f"{words[fate.value]} {n}" for fate, n in found.counts.items())
    for currency, (came, went) in sorted(found.money.items()):
        text = _("{came} {currency} came in, {went} went back.")
        yield text.format(came=f"{came:f}", went=f"{went:f}", currency=currency)
    if found.early:
        yield early_words(found)
    if found.unread:
        yield _("Not read: {columns}.").format(columns=joined(found.unread))
    if found.strange_channels:
        yield _("No channels of config.toml: {names}.").format(names=joined(found.strange_channels))
    left = found.left_out
    for one in left[:_MOST_REASONS]:
        place = " ".join(filter(None, (one.where.sheet, f"{one.where.column or ''}{one.where.row or ''}")))
        yield f"{place}: {one.reason}. {one.hint}".strip()
    if len(left) > _MOST_REASONS:
        yield _("…{n} more").format(n=len(left) - _MOST_REASONS)


def early_words(found: ReadFile) -> str:
    """Return that rows are older than the campaign: a shop's whole export would be its revenue."""
    text = _("{n} of them are from before {day}, the campaign's first day, and count for it: is that meant?")
    return text.format(n=found.early, day=found.began)


def proposal_lines(rows: Sequence[Proposal]) -> Iterator[str]:
    """Yield each doubtful row with its candidates, and how they are settled."""
    yield _("Settle them in one line: /转化 认定 17a 18=ID 19-")
    for row in rows:
        first = row.conversions[0]
        money = f"{first.amount:f} {first.currency}" if first.amount is not None else ""
        letters = zip(_LETTERS, row.candidates, strict=False)
        who = " ".join(f"{letter}={member}" for letter, member in letters) or _("nobody fits")
        yield f"#{row.id} {' '.join(filter(None, (row.called, stage_title(first.stage), money)))}: {who}"


def plan_lines(lines: Sequence[PlanLine]) -> Iterator[str]:
    """Yield each channel's plan beside what came of it."""
    for one in lines:
        planned = _("plan: {joins} joins, {groups} groups, cost {cost}, {each} a join")
        actual = _("now: {joins} joined, spent {cost}, {each} a join")
        figures = (one.joins, one.groups, one.cost, one.cost_per_join)
        named = dict(zip(("joins", "groups", "cost", "each"), map(_shown, figures), strict=True))
        spent = {"joins": one.joined, "cost": _shown(one.spent or None), "each": _shown(one.spent_per_join)}
        name = _("in all") if one.is_total else one.title or _("unknown")
        yield f"{name}\n  {planned.format(**named)}\n  {actual.format(**spent)}"


def _shown(figure: Decimal | int | None) -> str:
    return "—" if figure is None else f"{figure:f}" if isinstance(figure, Decimal) else str(figure)
