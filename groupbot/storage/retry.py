"""Doing a transaction again that the database undid because it met another one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from random import random
from typing import Any, ParamSpec, TypeVar

from groupbot.storage.faults import Contended

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
"""How often one transaction is tried. Each meeting lets at least one side through, so five in a row mean a fault."""
PAUSE_S = 0.02
"""Longest wait before the next try, growing with each; drawn, so that two that met don't meet again."""


def retried(transaction: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Call `transaction` again while it raises Contended. It must be one transaction and change nothing else."""

    @wraps(transaction)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS):
            try:
                return await transaction(*args, **kwargs)
            except Contended:
                await asyncio.sleep(PAUSE_S * attempt * random())  # noqa: S311 - a pause, no secret
        return await transaction(*args, **kwargs)

    return call
