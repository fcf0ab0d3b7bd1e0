"""What commands say that change config.toml."""

from __future__ import annotations

from groupbot.i18n import _


def told(text: str, *, holds: bool) -> str:
    """Return `text`, and what is left to do where the change does not hold yet."""
    return text if holds else f"{text}\n" + _("It stands in config.toml and holds after groupbot was started again.")
