"""The site: its addresses, and what every answer has in common.

/c/CODE is the page of a live code, /c/CODE/NAME its image, /healthz for whoever watches the process. The first two are
ASGI applications before FastAPI, which has all the rest: its layers would cost half of the visits a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from groupbot.core.clock import Clock
from groupbot.tracking.live_codes import VisitStore, folded
from groupbot.web.limits import MISS_COSTS, RateLimit
from groupbot.web.page import HEADERS, busy_page, code_page, unknown_page
from groupbot.web.signs import Board, Shown, Signs, View
from groupbot.web.visitors import is_visit
from groupbot.web.visits import VisitCounter

_UNTOLD: Any = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI tells nobody of requests, whatever else in the process is watched."""
_FOR_EVER = "public, max-age=31536000, immutable"
_NEVER = "no-store"
_RETRY_S = "30"


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """What is served, and what counts it: `visits` is to be run beside it."""

    app: ASGIApp
    visits: VisitCounter


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What the site stands on."""

    signs: Signs
    store: VisitStore
    clock: Clock
    limit: RateLimit
    trusted_proxies: Iterable[str] = ()


def site(around: Around) -> Site:
    """Return the site; nothing is read yet."""
    board, visits = Board(around.signs, around.clock), VisitCounter(around.store, around.clock)
    faults: dict[Any, Any] = {404: _elsewhere, 405: _elsewhere, 500: _fault}
    rest = FastAPI(openapi_url=None, redirect_slashes=False, exception_handlers=faults, telemetry=_UNTOLD)

    @rest.get("/healthz")
    async def health() -> Response:
        is_well = not (board.failing or visits.failing)
        return JSONResponse({"ok": is_well}, 200 if is_well else 503, {"Cache-Control": _NEVER, **HEADERS})

    routes = [
        Route("/c/{code}", _Page(board, visits, around.limit), methods=["GET"]),
        Route("/c/{code}/{name}", _Image(board, around.limit), methods=["GET"]),
        Mount("/", rest),
    ]
    made = Starlette(routes=routes, exception_handlers=faults)
    app: Any = made
    if proxies := list(around.trusted_proxies):
        app = ProxyHeadersMiddleware(app, proxies)
    return Site(app=app, visits=visits)


async def _elsewhere(_request: Request, error: HTTPException) -> Response:
    return _html(unknown_page(), error.status_code, dict(error.headers or {}))


async def _fault(_request: Request, _error: Exception) -> Response:
    return _html(busy_page(), 500)


class _Page:
    """/c/CODE. A visit is counted once its answer was handed over, so no visit is counted that saw nothing."""

    def __init__(self, board: Board, visits: VisitCounter, limit: RateLimit) -> None:
        self._board = board
        self._visits = visits
        self._limit = limit
        self._made: dict[str, tuple[Shown, Response]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address(scope)
        if not self._limit.allows(address):
            await _busy(429)(scope, receive, send)
            return
        await self._board.refresh()
        code = folded(scope["path_params"]["code"])
        shown = self._board.of(code)
        if shown is None:
            self._limit.charge(address, MISS_COSTS)
            unknown = _html(unknown_page(), 404) if self._board.is_ready else _busy(503)
            await unknown(scope, receive, send)
            return
        await self._answer(code, shown)(scope, receive, send)
        if shown.view is not View.CLOSED and is_visit(scope["method"], scope["headers"]):
            self._visits.note(code, shown.group)

    def _answer(self, code: str, shown: Shown) -> Response:
        """Return the answer, which is made once as long as it says the same."""
        said, made = self._made.get(code, (None, None))
        if made is None or (said is not shown and said != shown):
            made = _html(code_page(code, shown), 410 if shown.view is View.CLOSED else 200)
            self._made[code] = shown, made
        return made


class _Image:
    """/c/CODE/NAME. A name that is no longer known shows what the code shows now, not to be kept."""

    def __init__(self, board: Board, limit: RateLimit) -> None:
        self._board = board
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address(scope)
        if not self._limit.allows(address):
            await _busy(429)(scope, receive, send)
            return
        await self._board.refresh()
        code, name = scope["path_params"]["code"], scope["path_params"]["name"]
        shown = self._board.of(folded(code))
        picture, keep = self._board.picture(name) if shown else None, _FOR_EVER
        if shown is not None and picture is None:
            picture, keep = shown.picture, _NEVER
        if picture is None:
            self._limit.charge(address, MISS_COSTS)
            await _html(unknown_page(), 404)(scope, receive, send)
            return
        headers = {"Cache-Control": keep, **HEADERS}
        await Response(picture.data, 200, headers, picture.kind)(scope, receive, send)


def _html(text: str, status: int, more: dict[str, str] | None = None) -> Response:
    return HTMLResponse(text, status, {"Cache-Control": _NEVER, **HEADERS, **(more or {})})


def _busy(status: int) -> Response:
    return _html(busy_page(), status, {"Retry-After": _RETRY_S})


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
