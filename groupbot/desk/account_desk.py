"""What people do with accounts by chat."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from groupbot.admin.upkeep import Trait
from groupbot.chat.persona_words import match_words, trait_word
from groupbot.desk.personas import persona_of
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.presence import Presence


class Accounts:
    """`admin.upkeep.AccountDesk` over a `Database`. `settings`: those that hold now."""

    def __init__(self, database: Database, settings: Callable[[], Settings]) -> None:
        self._database = database
        self._settings = settings

    async def pause(self, account: str, reason: str) -> None:
        await self._turn(account, paused=True, reason=reason)

    async def resume(self, account: str) -> None:
        await self._turn(account, paused=False, reason="")

    async def persona(self, account: str) -> Sequence[Trait]:
        found = await persona_of(self._settings(), self._database, account)
        return [
            Trait(
                name=trait_word(item.trait),
                declared=item.wanted,
                shown=item.shown,
                verdict=match_words(item.match).format(account=account, trait=trait_word(item.trait)),
            )
            for item in found.found
        ]

    async def _turn(self, account: str, *, paused: bool, reason: str) -> None:
        if not await Presence(self._database).pause_account(account, paused=paused, reason=reason):
            raise ConfigError(_("No daemon has opened {account} yet.").format(account=account))
