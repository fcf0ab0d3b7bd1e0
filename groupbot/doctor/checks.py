"""One check is a small function that returns what it found; `examine` runs them so that none takes another down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from loguru import logger

from groupbot.errors import GroupbotError
from groupbot.i18n import _


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What was found. `name` is stable (`disk`, `account:main`); with `ok` a `hint` is advice, else the way out."""

    name: str
    ok: bool
    message: str
    hint: str = ""


Probe = Callable[[], Awaitable[Iterable[Check]]]
"""A look at something; may raise whatever it meets."""


async def examine(probes: Mapping[str, Probe]) -> tuple[Check, ...]:
    """Run every probe in its order and return all they found; one that raises has failed under its own name."""
    return tuple([check for name, probe in probes.items() for check in await _isolated(name, probe)])


async def _isolated(name: str, probe: Probe) -> Iterable[Check]:
    try:
        return tuple(await probe())
    except GroupbotError as error:
        return (refused(name, error),)
    except Exception as error:  # noqa: BLE001 - told as a failure of this check; the others go on
        logger.bind(action="doctor", check=name).opt(exception=error).debug("the check failed")
        return (
            Check(
                name=name,
                ok=False,
                message=_("The check itself failed: {error}").format(error=repr(error)),
                hint=_("Run it again; if it stays, report this line."),
            ),
        )


def in_short(names: Sequence[str], *, most: int = 5, sep: str = ", ") -> str:
    """Return the first of `names`, and how many more there are."""
    more = len(names) - most
    return sep.join(names[:most]) + (f" (+{more})" if more > 0 else "")


def refused(name: str, error: GroupbotError) -> Check:
    """Return a failed check in the words of `error`."""
    return Check(name=name, ok=False, message=error.message, hint=error.hint)
