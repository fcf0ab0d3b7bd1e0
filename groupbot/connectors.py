"""Adapters and alert channels as config.toml names them: the one place that knows every kind of either.

An adapter's module is imported only when an account uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from groupbot.chat.adapter import Adapter
from groupbot.chat.capabilities import Capabilities
from groupbot.chat.channels import Channel
from groupbot.core.clock import Clock
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.settings import AccountSettings, ConsoleAccount, Settings, WechatyAccount

if TYPE_CHECKING:
    from rich.console import Console


def connectors(settings: Settings, clock: Clock, console: Console | None) -> dict[str, Adapter]:
    """Return an adapter for each account; raises ConfigError when one's secret is not set."""
    return {account.name: _connector(settings, account, clock, console) for account in settings.accounts}


def _connector(settings: Settings, account: AccountSettings, clock: Clock, console: Console | None) -> Adapter:
    match account:
        case ConsoleAccount():
            from groupbot.adapters.console.adapter import ConsoleAdapter  # noqa: PLC0415 - only what is configured

            groups = {group.ids()[account.name]: group.name for group in settings.groups if account.name in group.ids()}
            return ConsoleAdapter(
                account=account.name,
                groups=groups,
                clock=clock,
                console=console,
                log=str(account.log) if account.log else None,
                interactive=account.interactive,
                zone=ZoneInfo(settings.timezone),
            )
        case WechatyAccount():
            from groupbot.adapters.wechaty.adapter import WechatyAdapter  # noqa: PLC0415 - only what is configured

            return WechatyAdapter(
                account=account.name,
                endpoint=account.endpoint,
                token=settings.secret(account.token_env),
                plaintext=account.plaintext,
                deadline_s=account.deadline_s,
                stable_ids=account.stable_ids,
                big_group=account.big_group,
                cannot=account.cannot,
                limit_notices=account.limit_notices,
                clock=clock,
            )


def abilities(settings: Settings) -> dict[str, Capabilities]:
    """Return what each account can do, as far as its settings tell; nothing is connected and no secret is needed."""
    return {account.name: _abilities(account) for account in settings.accounts}


def _abilities(account: AccountSettings) -> Capabilities:
    match account:
        case ConsoleAccount():
            from groupbot.adapters.console import abilities as console  # noqa: PLC0415 - only what is configured

            return console.capabilities()
        case WechatyAccount():
            from groupbot.adapters.wechaty import abilities as wechaty  # noqa: PLC0415 - only what is configured

            return wechaty.capabilities(
                stable_ids=account.stable_ids, big_group=account.big_group, cannot=account.cannot
            )


def channels(settings: Settings) -> tuple[Channel, ...]:
    """Return the channels of [alerts]; raises ConfigError when they can't be used, naming the way out."""
    urls = settings.alert_urls()
    if not urls:
        return ()
    try:
        from groupbot.adapters.apprise import open_channels  # noqa: PLC0415 - only what is configured
    except ImportError as error:
        raise ConfigError(
            _("[alerts] needs Apprise, which is not installed: {detail}").format(detail=error),
            hint=_("Install it with groupbot: pip install 'groupbot[alerts]'"),
        ) from error
    return open_channels(urls, timeout_s=settings.alerts.timeout_s, secrets=settings.secrets())
