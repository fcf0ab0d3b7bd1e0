"""Put a checked edit of config.toml into force, and tell a person what now holds and what waits for a restart."""

from __future__ import annotations

from typing import Protocol

from loguru import logger

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.directory import Directory
from groupbot.delivery.paces import pace
from groupbot.delivery.pacing import Pace
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.reload.changes import Changes, compare
from groupbot.settings import FriendSettings, InvitationSettings, LogSettings, RetentionSettings, Settings


class Apply(Protocol):
    """What a running daemon can change without a restart. Each takes effect before it returns.

    None raises, but for `set_log`.
    """

    def set_pace(self, account: str, pace: Pace) -> None:
        """Let `account` post at `pace` from its next post on; what it has posted today still counts."""
        ...

    def set_requests(self, friends: FriendSettings, invitations: InvitationSettings) -> None:
        """Judge friendship requests and invitations by these rules from the next one on."""
        ...

    def set_directory(self, directory: Directory) -> None:
        """Let every part of the daemon look groups up in `directory`."""
        ...

    def set_people(self, settings: Settings) -> None:
        """Hear and obey the people of `settings`, in the chats that it names, within its limits."""
        ...

    def set_settings(self, settings: Settings) -> None:
        """Launch and edit campaigns by `settings` from now on."""
        ...

    def set_log(self, log: LogSettings, secrets: tuple[str, ...]) -> None:
        """Log as `log` says, with `secrets` blotted out; raises ConfigError for a file that can't be written."""
        ...

    def set_retention(self, retention: RetentionSettings) -> None:
        """Keep facts as long as `retention` says, from the next pruning on."""
        ...


def bring(old: Settings, new: Settings, apply: Apply) -> Changes:
    """Apply what may change while the daemon runs and return what differs; only what differs is touched.

    Raises ConfigError, before anything is touched, for settings that would leave the daemon without any account or log.
    """
    if old.accounts and not new.accounts:
        raise ConfigError(
            _("config.toml names no account any more."),
            hint=_("Bring the [[accounts]] blocks back; to stop groupbot, end `groupbot run`."),
        )
    changes = compare(old, new)
    held = changes.in_force
    if held.log != old.log:
        apply.set_log(held.log, held.secrets())
    for account in held.accounts:
        chosen = pace(held, account.name)
        if chosen != pace(old, account.name):
            apply.set_pace(account.name, chosen)
    if (held.friends, held.invitations) != (old.friends, old.invitations):
        apply.set_requests(held.friends, held.invitations)
    if held.groups != old.groups:
        apply.set_directory(Directory.from_settings(held.groups))
    if (held.admin, held.people, held.squads) != (old.admin, old.people, old.squads):
        apply.set_people(held)
    apply.set_settings(held)
    if held.recorder.retention != old.recorder.retention:
        apply.set_retention(held.recorder.retention)
    return changes


async def tell(changes: Changes, alerts: Alerts) -> None:
    """Say what the edit did."""
    if not changes.any:
        return
    logger.bind(action="reload", now=len(changes.now), after_restart=len(changes.after_restart)).info("config edited")
    said = []
    if changes.now:
        said.append(_("In force now: {changes}.").format(changes="; ".join(changes.now)))
    if changes.after_restart:
        said.append(_("Needs a restart of groupbot: {changes}.").format(changes="; ".join(changes.after_restart)))
    severity = Severity.WARNING if changes.after_restart else Severity.INFO
    text = _("config.toml was edited. {said}").format(said=" ".join(said))
    await alerts.send(Alert(severity=severity, code="config-reloaded", text=text))


async def refuse(error: ConfigError, alerts: Alerts) -> None:
    """Say why an edit was not taken."""
    logger.bind(action="reload").warning("edit of the config refused")
    text = _("The edit of config.toml was not taken, everything stays as it was: {problem}").format(problem=error)
    await alerts.send(Alert(severity=Severity.WARNING, code="config-refused", text=text))


async def mended(alerts: Alerts) -> None:
    """Say that a file that was refused is in order again, with what holds already."""
    text = _("config.toml is in order again; nothing changed.")
    await alerts.send(Alert(severity=Severity.INFO, code="config-mended", text=text))
