"""Read JSON that a gateway gives, which is foreign input: what is not as it must be is a ValueError."""

from __future__ import annotations

import json
from typing import Any


def parse(payload: str) -> dict[str, Any]:
    """Return a payload. Raises ValueError when it is no JSON object."""
    found = json.loads(payload)
    if not isinstance(found, dict):
        raise ValueError(payload[:100])  # noqa: TRY004 - the value is wrong, whatever its type
    return found


def required(payload: dict[str, Any], key: str) -> str:
    """Return the non-empty text under `key`. Raises ValueError."""
    value = payload.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(key)
    return value


def id_list(payload: dict[str, Any], key: str) -> list[str]:
    """Return the ids under `key`. Raises ValueError when there are none."""
    value = payload.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        raise ValueError(key)
    return value
