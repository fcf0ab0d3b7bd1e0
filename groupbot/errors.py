"""The error tree: one root, so that a caller can tell groupbot's own refusals from faults in code.

GroupbotError                 something an operator can act on; str() is the message, `hint` the way out
├── ConfigError               config.toml or the environment (settings.py)
├── SopError                  an SOP file that can't be used; carries every problem found (sop/)
├── CampaignError             a launch, pause or resolve that is refused (campaign/)
├── StoreError                the database: locked, full, wrong migration (storage/)
├── PluginError               a plugin that can't be used, or fails a command (plugin_host/errors.py)
├── LifecycleError            start and stop of the daemon (lifecycle.py)
└── ChatError                 what a chat platform answered (chat/errors.py: Temporary, UnknownOutcome, Permanent)
"""

from __future__ import annotations


class GroupbotError(Exception):
    """Refuse something in words that an operator can act on.

    `message` says what is wrong, `hint` what to do instead (may be empty). Both are already in the
    operator's language when the error is raised.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigError(GroupbotError):
    """config.toml or the environment is not usable."""


class CampaignError(GroupbotError):
    """A request about a campaign or a delivery is refused; nothing was changed."""


class StoreError(GroupbotError):
    """The database can't do what is asked now (locked, full, unreachable, not migrated)."""


class LifecycleError(GroupbotError):
    """The daemon can't start or stop as asked."""
