"""What goes wrong with plugins: one that can't be used, and a call that failed."""

from __future__ import annotations

from groupbot.errors import GroupbotError


class PluginError(GroupbotError):
    """A plugin can't be loaded, or an operator asks for something that it can't give."""


class CallFailed(Exception):
    """A call of a plugin's function did not end as it should; `__cause__` is what it raised, if it raised."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason
