"""Tags that hold a value: a group tagged `words=short` has `short` as its value of the SOP's variable `words`. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def values_of(tags: Iterable[str]) -> dict[str, str]:
    """Return the values that `tags` give; of two for one variable the last in order of spelling."""
    pairs = (tag.partition("=") for tag in sorted(tags))
    return {name: value for name, _sign, value in pairs if name.isidentifier() and value}
