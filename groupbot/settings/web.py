"""[web]: the page behind live codes, and where people out there reach it."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from groupbot.i18n import _
from groupbot.settings.fields import Listen, Section


def _check_public(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise ValueError(_("{url!r} is no address of a site; write https://join.example.com").format(url=value))
    return value.rstrip("/")


def _check_network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError as error:
        raise ValueError(
            _("{value!r} is no address or network; write 127.0.0.1 or 10.0.0.0/8").format(value=value)
        ) from error


class WebSettings(Section):
    """The page that live codes lead to; needs groupbot[web]."""

    listen: Listen = ""
    """host:port on which the daemon and `groupbot web` serve the page, "" = the daemon serves none. A reverse proxy
    with HTTPS stands before it: WeChat warns of pages without."""
    public_url: Annotated[str, AfterValidator(_check_public)] = ""
    """Where people reach it, as printed in codes: never changed again once something is printed."""
    trusted_proxies: tuple[Annotated[str, AfterValidator(_check_network)], ...] = ()
    """Addresses or networks of the proxies whose X-Forwarded-For is believed; without, all behind one count as one."""
    per_minute: int = Field(default=600, ge=0, le=1_000_000)
    """Requests that one address may make in a minute, 0 = no limit. 600: a hall full of people scans one poster behind
    the one address of its network, and a phone network puts thousands behind one."""
