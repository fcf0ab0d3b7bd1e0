"""config.toml as frozen values: what an operator may write, and how a mistake in it is told.

`model` holds the sections (each field's docstring gives unit, default and reason), `file` reads and refuses.
"""

from groupbot.settings.file import load
from groupbot.settings.model import (
    AccountSettings,
    ConsoleAccount,
    DaemonSettings,
    DatabaseSettings,
    DeliverySettings,
    GroupSettings,
    LogSettings,
    PacingSettings,
    RecorderSettings,
    RetentionSettings,
    Settings,
    WechatyAccount,
)

__all__ = [
    "AccountSettings",
    "ConsoleAccount",
    "DaemonSettings",
    "DatabaseSettings",
    "DeliverySettings",
    "GroupSettings",
    "LogSettings",
    "PacingSettings",
    "RecorderSettings",
    "RetentionSettings",
    "Settings",
    "WechatyAccount",
    "load",
]
