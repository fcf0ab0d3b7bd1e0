"""Posting what the bot says to its operators: through the ledger like every post, ahead of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import PurePath

from groupbot.admin.places import Place
from groupbot.campaign.one_off import Order, order_key
from groupbot.core.content import Content, File, Image, Part, Text
from groupbot.core.policies import Policies, UnknownThen
from groupbot.inbound.desk import Desk

PRIORITY = 90
"""Below a recall, above every post of a campaign: somebody waits for it."""
POLICIES = Policies(grace=timedelta(minutes=10), unknown=UnknownThen.SKIP)
"""An answer that comes later than ten minutes confuses, and one that may have come is not sent twice."""
LONGEST = 1_500
"""Signs of one message: what phones show without a fold."""
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif"})


class Answers:
    """Say something in a chat. `poke` lets the dispatcher look at an account at once."""

    def __init__(self, *, orders: Desk, poke: Callable[[str], None]) -> None:
        self._orders = orders
        self._poke = poke

    async def say(self, place: Place, text: str, *pieces: str, files: tuple[str, ...] = ()) -> bool:
        """Post `text`, and then `files`, once for each key, which is made of `pieces`; False = the key is known.

        Raises StoreError.
        """
        texts = tuple(Text(text=piece) for piece in split(text))
        parts = tuple(Part(content=content) for content in (*texts, *map(_file, files)))
        if not parts:
            return False
        order = Order(
            account=place.account,
            key=order_key(*pieces),
            parts=parts,
            group=place.group or "",
            member=place.member,
            priority=PRIORITY,
            policies=POLICIES,
        )
        is_new = await self._orders.submit(order)
        self._poke(place.account)
        return is_new


def split(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Yield `text` in pieces of at most `longest` signs, broken at line ends where there are some."""
    rest = text.strip()
    while len(rest) > longest:
        end = rest.rfind("\n", 1, longest + 1)
        end = end if end > 0 else longest
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip("\n")
    if rest:
        yield rest


def _file(path: str) -> Content:
    return Image(path=path) if PurePath(path).suffix.lower() in _PICTURES else File(path=path)
