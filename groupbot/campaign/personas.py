"""Orders that change an account's own persona."""

from __future__ import annotations

import hashlib
from datetime import date

from groupbot.campaign.one_off import Order, order_key
from groupbot.core.actions import SetProfile
from groupbot.core.content import Part

_PICTURE = "avatar-"


def persona_order(account: str, change: SetProfile, digest: str, today: date) -> Order:
    """Return the order for `change`; the same one on the same day is one order. `digest`: SHA-256 of its picture.

    The digest stands in the key: so it is known later from which file the picture was set, whatever the platform made
    of it.
    """
    words = hashlib.sha256(f"{change.name}\0{change.bio}".encode()).hexdigest()[:8]
    picture = f"{_PICTURE}{digest}" if change.avatar else ""
    key = order_key("profile", account, today.isoformat(), words, picture)
    return Order(account=account, key=key, parts=(Part(content=change),))


def picture_in(key: str) -> str:
    """Return the digest of the picture that the order `key` set, "" when it set none."""
    last = key.rpartition("/")[2]
    return last.removeprefix(_PICTURE) if last.startswith(_PICTURE) else ""
