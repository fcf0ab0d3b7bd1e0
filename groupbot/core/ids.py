"""Names for rows and processes: readable where a person types them, random where only machines compare them."""

from __future__ import annotations

import re
import secrets
import unicodedata

_UNFIT = re.compile(r"[^\w-]+", re.UNICODE)


def token() -> str:
    """Return 16 random hex characters: unguessable enough to prove "I am the one who claimed"."""
    return secrets.token_hex(8)


def slug(text: str) -> str:
    """Return `text` fit for an id that a person types: letters (Chinese too), digits, `_` and `-`; never empty."""
    return _UNFIT.sub("-", unicodedata.normalize("NFKC", text)).strip("-").lower() or "x"
