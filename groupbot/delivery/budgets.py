"""What a part costs its account, and how a new account warms up. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from groupbot.chat.capabilities import MENTION_ALL
from groupbot.core.actions import AddMembers, RemoveMembers
from groupbot.core.content import EVERYBODY, Content, Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What one part takes from the budget of its `kind`: members for adding and removing, else 1."""

    kind: str = Text.kind
    amount: int = 1


ONE_POST = Cost()


@dataclass(frozen=True, kw_only=True, slots=True)
class PastPost:
    """A part that was posted, or may have been. `group`: "" for one to a member or to no conversation."""

    at: datetime
    group: str
    cost: Cost = ONE_POST


def cost(content: Content) -> Cost:
    """Return what `content` costs. A text that mentions everybody has a kind, and a budget, of its own."""
    match content:
        case Text(mentions=mentions) if EVERYBODY in mentions:
            return Cost(kind=MENTION_ALL)
        case AddMembers(members=members) | RemoveMembers(members=members):
            return Cost(kind=content.kind, amount=max(len(members), 1))
        case _:
            return Cost(kind=content.kind)


@dataclass(frozen=True, kw_only=True, slots=True)
class WarmUp:
    """The first days of an account from `since` on; entry n of `posts` and of `shares` is its day n."""

    since: date
    posts: tuple[int, ...]
    shares: tuple[float, ...]

    def day(self, today: date) -> int | None:
        """Return which day of the warm-up `today` is (1 up to and on the first), None when it is over."""
        number = max((today - self.since).days, 0) + 1
        return number if number <= len(self.posts) else None

    def capped(self, cap: int, today: date) -> int:
        """Return the daily cap on `today`: the warm-up's or `cap` (0 = none), whichever is smaller."""
        number = self.day(today)
        if number is None:
            return cap
        return min(cap or self.posts[number - 1], self.posts[number - 1])

    def scaled(self, budget: int, today: date) -> int:
        """Return what `budget` is on `today`, at least 1; no budget (0) stays none."""
        number = self.day(today)
        return budget if number is None or not budget else max(int(budget * self.shares[number - 1]), 1)
