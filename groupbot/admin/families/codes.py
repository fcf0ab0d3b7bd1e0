"""The code by which a person binds their chat id, in words to be passed on."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.admin.rights import Actor, Forbidden
from groupbot.admin.services import Services
from groupbot.i18n import _


async def code_lines(services: Services, person: str, by: Actor) -> Sequence[str]:
    """Return what to pass on to a person who was just named; nothing to one whose id is known. Raises StoreError."""
    if services.people.ids_of(person):
        return ()
    try:
        return await issued(services, person, by)
    except Forbidden as error:
        return (str(error),)


async def issued(services: Services, person: str, by: Actor) -> Sequence[str]:
    """Return a new code for a person and what to do with it. Raises UnknownPerson, Forbidden, StoreError."""
    code = await services.people.issue(person, by=by)
    text = _("Pass this on to {person}, to nobody else. To be sent within a day, 1:1 to the bot:")
    return text.format(person=person), f"/认领 {code}"
