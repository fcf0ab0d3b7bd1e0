"""Remember the latest keys, so that what a platform delivers twice is met once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable


class Seen:
    """A memory of the `most` latest keys. The store's unique key catches what is older or from before a restart."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._keys: OrderedDict[Hashable, None] = OrderedDict()

    def first_time(self, key: Hashable) -> bool:
        """Tell whether `key` is new, and remember it as the latest."""
        new = key not in self._keys
        self._keys[key] = None
        self._keys.move_to_end(key)
        if len(self._keys) > self._most:
            self._keys.popitem(last=False)
        return new
