"""Whether links can be opened: asks their servers, which a check does only on request."""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from groupbot.doctor.checks import Check
from groupbot.doctor.materials import Fault
from groupbot.i18n import _

WITHIN_S = 8.0
"""Seconds for one answer; members on a phone wait no longer."""
AT_ONCE = 8
"""Links asked at a time: some dozens are done in seconds, and no server takes it for an attack."""
_REFUSES_HEAD = frozenset({403, 404, 405, 501})
"""Answers by which servers that only know GET refuse to say more."""
_BEHIND_LOGIN = frozenset({401, 403})

Ask = Callable[[str], Awaitable[Fault | None]]
"""Ask for a link; None = it can be opened."""


async def ask_links(by_file: Mapping[str, Iterable[str]], ask: Ask | None = None) -> Iterator[Check]:
    """Return for each SOP file which of its links don't answer; each link is asked once."""
    places = asyncio.Semaphore(AT_ONCE)
    asker = ask or open_link

    async def one(url: str) -> Fault | None:
        async with places:
            return await asker(url)

    urls = list(dict.fromkeys(url for links in by_file.values() for url in links))
    answers = dict(zip(urls, await asyncio.gather(*map(one, urls)), strict=True))
    return _told(by_file, answers)


def _told(by_file: Mapping[str, Iterable[str]], answers: Mapping[str, Fault | None]) -> Iterator[Check]:
    for file, links in by_file.items():
        name, urls = f"links-open:{file}", list(dict.fromkeys(links))
        faults = [fault for url in urls if (fault := answers[url])]
        yield from (Check(name=name, ok=False, message=fault.message, hint=fault.hint) for fault in faults)
        if urls and not faults:
            message = _("{file}: all links ({n}) can be opened.").format(file=file, n=len(urls))
            yield Check(name=name, ok=True, message=message)


async def open_link(url: str, *, within_s: float = WITHIN_S) -> Fault | None:
    """Ask the server of `url` in a thread; the headers are enough where it gives them alone."""
    return await asyncio.to_thread(_open, url, within_s)


def _open(url: str, within_s: float) -> Fault | None:
    try:
        address = _ascii(url)
        status = _status(address, "HEAD", within_s)
        if status in _REFUSES_HEAD:
            status = _status(address, "GET", within_s)
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return Fault(
            message=_("{url} can't be reached: {reason}").format(url=url, reason=reason),
            hint=_("Open it in a browser: is the address right, and the page online?"),
        )
    if status < http.client.BAD_REQUEST or status in _BEHIND_LOGIN:
        return None
    return Fault(
        message=_("{url} answers with the error {status}.").format(url=url, status=status),
        hint=_("Open it in a browser: is the address right, and the page still there?"),
    )


def _status(url: str, method: str, within_s: float) -> int:
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "groupbot-doctor"})  # noqa: S310 - http(s), judged by judge_link
    try:
        with urllib.request.urlopen(request, timeout=within_s) as answer:  # noqa: S310 - the same
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def _ascii(url: str) -> str:
    """Return `url` as it goes over the wire: members' browsers translate other letters the same way."""
    split = urlsplit(url)
    host = (split.hostname or "").encode("idna").decode()
    port = f":{split.port}" if split.port else ""
    path, query = quote(split.path, safe="/%:@!$&'()*+,;=~-._"), quote(split.query, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((split.scheme, f"{host}{port}", path, query, ""))
