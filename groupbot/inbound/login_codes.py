"""Stage: bring login codes to where the operator looks, and take them away when they are of no use any more.

Whoever reads a code can log in as the account, so it is never logged and never part of a text: it is a picture in the
project's folder (readable by its owner only), in the terminal where the daemon runs, and attached to the alert.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from loguru import logger

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.events import AccountState, AccountStateChanged, AnyEvent
from groupbot.i18n import _, os_reason
from groupbot.inbound.qr import drawing, picture

Show = Callable[[str, str], None]
"""Show a terminal a title and lines of block characters below it."""
_NOT_PLAIN = re.compile(r"[^\w-]+")


class LoginCodeStage:
    """Follow LOGIN_NEEDED of `accounts`. Each new code takes the place of the one before.

    The alert is sent with every code: whoever passes alerts on tells repetitions once, with the newest picture.
    """

    name = "login-codes"
    limit_s = 30.0

    def __init__(self, *, folder: Path, accounts: Iterable[str], alerts: Alerts, show: Show | None = None) -> None:
        self._files = {account: folder / file_name(account) for account in accounts}
        self._alerts = alerts
        self._show = show

    async def handle(self, event: AnyEvent) -> None:
        """Show a new code; any other standing of the account makes the old one worthless."""
        if not isinstance(event, AccountStateChanged):
            return
        if event.state is AccountState.LOGIN_NEEDED:
            await self._bring(event.account, event.detail)
        else:
            self._remove(event.account)

    def clear(self) -> None:
        """Delete every picture: before the first event, since a killed daemon leaves them, and at the end."""
        for account in self._files:
            self._remove(account)

    async def _bring(self, account: str, code: str) -> None:
        file = self._write(account, code)
        await self._alerts.send(
            Alert(
                severity=Severity.CRITICAL,
                code="login-needed",
                text=_way_in(account, file),
                fields={"account": account},
                attachments=(str(file),) if file else (),
            )
        )
        self._draw(account, code)

    def _write(self, account: str, code: str) -> Path | None:
        """Put the picture into its place in one step; None when the folder refuses it, or no picture can hold it."""
        file = self._files[account]
        fresh = file.with_suffix(".new")
        try:
            png = picture(code)
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(png)
            fresh.replace(file)
        except (OSError, ValueError) as error:
            _log(account, error)
            return None
        return file.absolute()

    def _draw(self, account: str, code: str) -> None:
        """Show the code in the terminal, which may have been closed, or know no blocks."""
        if self._show is None:
            return
        try:
            self._show(_("{account} must be logged in: scan this code.").format(account=account), drawing(code))
        except (OSError, ValueError) as error:
            _log(account, error)

    def _remove(self, account: str) -> None:
        if file := self._files.get(account):
            with suppress(OSError):
                file.unlink(missing_ok=True)


def _log(account: str, error: Exception) -> None:
    reason = os_reason(error) if isinstance(error, OSError) else type(error).__name__
    logger.bind(action="login-code", account=account).error("not shown: {reason}", reason=reason)


def file_name(account: str) -> str:
    """Return the name of the picture of `account`'s code; what no file name may hold is replaced by a mark."""
    plain = _NOT_PLAIN.sub("_", account)
    mark = "" if plain == account else f"-{hashlib.sha256(account.encode()).hexdigest()[:8]}"
    return f"login-{plain}{mark}.png"


def _way_in(account: str, file: Path | None) -> str:
    if file is None:
        text = _("{account} must be logged in: `groupbot accounts login {account}` shows the code.")
        return text.format(account=account)
    text = _("{account} must be logged in: scan {file}, or what `groupbot accounts login {account}` shows.")
    return text.format(account=account, file=file)
