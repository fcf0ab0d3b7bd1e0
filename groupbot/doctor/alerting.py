"""Whether a person is told when something needs one, by a way that no chat account can take down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from groupbot.chat.alerts import Alert, Severity
from groupbot.chat.channels import Channel, ChannelError
from groupbot.doctor.checks import Check
from groupbot.i18n import _, joined

OpenChannels = Callable[[], Sequence[Channel]]
"""Return the channels of [alerts]; raises ConfigError, which fails the check in its own words."""


async def alert_checks(open_channels: OpenChannels, *, send_test: bool, admin: Iterable[str] = ()) -> Iterable[Check]:
    """Judge the channels; with `send_test` each is sent one alert, so that its answer is known.

    `admin`: groups that hear alerts by chat, as long as their account is there.
    """
    channels, heard = open_channels(), joined(admin)
    if not channels:
        return [
            Check(
                name="alerts",
                ok=not send_test,
                message=_(
                    "Alerts go to {groups}; nobody is called when its own account is banned or must log in."
                ).format(groups=heard)
                if heard
                else _("Alerts go to the log only: nobody is called when an account is banned or must log in."),
                hint=_("Install groupbot[alerts] and name a mail address or webhook under [alerts] in config.toml."),
            )
        ]
    if send_test:
        return [await _tried(channel) for channel in channels]
    names = joined(channel.name for channel in channels)
    return [
        Check(
            name="alerts",
            ok=True,
            message=_("Alerts go to: {names}. They were not tried.").format(names=names),
            hint=_("`groupbot doctor --send-test-alert` sends one to each."),
        )
    ]


async def _tried(channel: Channel) -> Check:
    text = _("This is a test: groupbot can reach you here.")
    name = f"alerts:{channel.name}"
    try:
        await channel.tell(Alert(severity=Severity.INFO, code="test", text=text))
    except ChannelError as error:
        return Check(
            name=name,
            ok=False,
            message=_("The channel {name} did not take a test alert: {reason}").format(name=channel.name, reason=error),
            hint=_("Correct its URL in the environment variable that [alerts] names; is its server up?"),
        )
    return Check(name=name, ok=True, message=_("The channel {name} took a test alert.").format(name=channel.name))
