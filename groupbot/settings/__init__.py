"""config.toml as frozen values: what an operator may write, and how a mistake in it is told.

`model` holds the sections (each field's docstring gives unit, default and reason), `file` reads and refuses.
"""

from groupbot.settings.accounts import (
    AccountSettings,
    BudgetSettings,
    ConsoleAccount,
    PacingSettings,
    WarmUpSettings,
    WechatyAccount,
)
from groupbot.settings.alerts import AlertSettings
from groupbot.settings.file import load
from groupbot.settings.model import (
    DaemonSettings,
    DatabaseSettings,
    DeliverySettings,
    EditingSettings,
    FriendSettings,
    GroupSettings,
    InvitationSettings,
    LogSettings,
    RecorderSettings,
    RetentionSettings,
    Settings,
)
from groupbot.settings.persona import PersonaSettings

__all__ = [
    "AccountSettings",
    "AlertSettings",
    "BudgetSettings",
    "ConsoleAccount",
    "DaemonSettings",
    "DatabaseSettings",
    "DeliverySettings",
    "EditingSettings",
    "FriendSettings",
    "GroupSettings",
    "InvitationSettings",
    "LogSettings",
    "PacingSettings",
    "PersonaSettings",
    "RecorderSettings",
    "RetentionSettings",
    "Settings",
    "WarmUpSettings",
    "WechatyAccount",
    "load",
]
