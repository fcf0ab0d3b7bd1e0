"""The console's record of posts: one JSON line each, on the disk before the send counts as done."""

from __future__ import annotations

import json
import os
from datetime import tzinfo
from typing import Any

from groupbot.adapters.console.scene import Post
from groupbot.chat.errors import Temporary, UnknownOutcome
from groupbot.core.actions import Recall
from groupbot.core.content import Link, Text, dump, file_of
from groupbot.errors import ConfigError
from groupbot.i18n import _, os_reason


def line(post: Post, zone: tzinfo) -> bytes:
    """Return `post` as one line of JSON in UTF-8: at (local, with offset), account, to, kind, content, message_id."""
    said: dict[str, Any]
    match post.content:
        case Text(text=text):
            said = {"text": text}
        case Link(url=url):
            said = {"url": url}
        case Recall(message_id=recalled):
            said = {"recalled": recalled}
        case content:
            path = file_of(content)
            said = {"path": path} if path else {key: value for key, value in dump(content).items() if key != "kind"}
    row = {
        "at": post.at.astimezone(zone).isoformat(),
        "account": post.account,
        "to": post.to,
        "kind": post.content.kind,
        **said,
        "message_id": post.message_id,
    }
    try:
        return (json.dumps(row, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # lone surrogates have no UTF-8; as JSON escapes they survive exactly
        return (json.dumps(row) + "\n").encode()


class PostLog:
    """An append-only file. A line goes out in one write, so that a kill leaves a whole line or none."""

    def __init__(self, path: str) -> None:
        """Open `path` for appending, readable by its owner only. Raises ConfigError when that can't be."""
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise ConfigError(
                _("The console's log {path} can't be written: {detail}").format(path=path, detail=os_reason(error)),
                hint=_("Name a file in a folder that exists and that you may write in."),
            ) from error

    def append(self, data: bytes) -> None:
        """Write `data` and wait for the disk (well under 1 ms on an SSD, 10 ms on a disk that turns).

        Raises Temporary when nothing was written, UnknownOutcome when it may not have reached the disk.
        """
        try:
            written = os.write(self._fd, data)
        except OSError as error:
            raise Temporary(
                _("The console's log can't be written: {detail}").format(detail=os_reason(error))
            ) from error
        try:
            os.fsync(self._fd)
        except OSError as error:
            raise UnknownOutcome(
                _("The console's log was not saved: {detail}").format(detail=os_reason(error))
            ) from error
        if written < len(data):
            raise UnknownOutcome(_("The console's log was cut short: the disk is full."))

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
