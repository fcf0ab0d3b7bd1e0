"""Read a file that a member sent on the console: it lies on this machine's disk."""

from __future__ import annotations

from pathlib import Path

from groupbot.chat.adapter import Received
from groupbot.chat.errors import Rejected, TooLarge
from groupbot.i18n import _, os_reason

_MEGA = 1_000_000


def read(path: str, most_bytes: int) -> Received:
    """Return the file at `path`, "" for a message that had none. Raises Rejected or TooLarge."""
    if not path:
        raise Rejected(_("The message has no file."))
    try:
        with Path(path).open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        reason = os_reason(error)
        raise Rejected(_("The file {path} can't be read: {reason}.").format(path=path, reason=reason)) from error
    if len(data) > most_bytes:
        raise TooLarge(_("The file is larger than {most} MB.").format(most=f"{most_bytes / _MEGA:g}"))
    return Received(name=Path(path).name, data=data)
