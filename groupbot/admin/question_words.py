"""How questions about deliveries are worded, and what can be replied to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groupbot.admin.cards import CardOption
from groupbot.campaign.views import Pending
from groupbot.delivery.values import Settlement, State
from groupbot.i18n import _, ngettext

EACH = "each"
"""The choice to be asked about each group by itself."""
SHOWN = 12
"""Groups that a card names; what a phone shows without a fold."""


def headline(state: State, rows: Sequence[Pending]) -> str:
    """Return what is asked about `rows`, all of one step."""
    return "\n".join(_lines(state, rows))


def options(state: State) -> tuple[CardOption, ...]:
    """Return the replies to a question about several groups."""
    if state is State.HELD:
        return _numbered(
            (_("Post it in all"), Settlement.RESEND), (_("Leave it out in all"), Settlement.SKIP), (_("Each"), EACH)
        )
    return _numbered(
        (_("Posted in all"), Settlement.SENT),
        (_("Posted in none: post it now"), Settlement.RESEND),
        (_("Not sure: don't post it again"), Settlement.SKIP),
        (_("Each"), EACH),
    )


def options_of_one(state: State) -> tuple[CardOption, ...]:
    """Return the replies to a question about one group."""
    if state is State.HELD:
        return _numbered((_("Post it"), Settlement.RESEND), (_("Leave it out"), Settlement.SKIP))
    return _numbered(
        (_("Posted"), Settlement.SENT),
        (_("Not posted: post it now"), Settlement.RESEND),
        (_("Not sure: don't post it again"), Settlement.SKIP),
    )


def told(how: Settlement, done: int, shown: int) -> str:
    """Return what an answer did; `shown`: about how many it was asked."""
    text = {
        Settlement.SENT: _("Taken as posted: {count}."),
        Settlement.RESEND: _("Goes out now: {count}."),
        Settlement.SKIP: _("Left out: {count}."),
    }[how].format(count=done)
    return text if done == shown else f"{text} " + _("Settled already: {count}.").format(count=shown - done)


def _numbered(*replies: tuple[str, str]) -> tuple[CardOption, ...]:
    return tuple(CardOption(digit=n, label=label, choice=str(choice)) for n, (label, choice) in enumerate(replies, 1))


def _lines(state: State, rows: Sequence[Pending]) -> Iterator[str]:
    first, count = rows[0], len(rows)
    place = f"{first.campaign} · {first.step}"
    if state is State.HELD:
        text = ngettext(
            "{place} waits for your word in {n} group:", "{place} waits for your word in {n} groups:", count
        )
    else:
        text = ngettext(
            "{place}: nobody knows whether it was posted in {n} group:",
            "{place}: nobody knows whether it was posted in {n} groups:",
            count,
        )
    yield text.format(place=place, n=count)
    reasons = dict.fromkeys(row.reason for row in rows if row.reason)
    names = dict.fromkeys(row.group or _("(no group)") for row in rows)
    yield from list(names)[:SHOWN]
    if len(names) > SHOWN:
        yield _("…{n} more").format(n=len(names) - SHOWN)
    yield from list(reasons)[:2]
