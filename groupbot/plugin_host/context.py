"""What a plugin's set-up is given: the plugin API itself. docs/plugins.md shows each with an example."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from groupbot.chat.directory import Group
from groupbot.core.events import Event
from groupbot.core.roles import Role
from groupbot.plugin_host.ports import Faq
from groupbot.plugin_host.values import (
    EVERYWHERE,
    Check,
    CommandHandler,
    Find,
    GuardScope,
    Job,
    PluginSettings,
    Post,
)

if TYPE_CHECKING:
    from loguru import Logger

S_co = TypeVar("S_co", bound=PluginSettings, covariant=True)
E = TypeVar("E", bound=Event)


class Store(Protocol):
    """The plugin's own small store: JSON values by key, kept across reloads and restarts. Raises StoreError."""

    async def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`."""
        ...

    async def set(self, key: str, value: Any) -> None:
        """Keep `value`, which JSON can hold, in the old one's place."""
        ...

    async def delete(self, key: str) -> None:
        """Forget `key`."""
        ...

    async def keys(self, prefix: str = "") -> Sequence[str]:
        """Return the keys that begin with `prefix`, sorted."""
        ...


class Groups(Protocol):
    """The groups that config.toml names, to be read."""

    @property
    def groups(self) -> tuple[Group, ...]:
        """All, in the order of the configuration."""
        ...

    def get(self, name: str) -> Group | None:
        """Return the group called `name`."""
        ...

    def chat_id(self, account: str, group: str) -> str | None:
        """Return the platform id under which `account` knows `group`."""
        ...

    def name_of(self, account: str, chat_id: str) -> str:
        """Return the name of a platform's group id; the id itself when config.toml does not name it."""
        ...


class PluginContext(Protocol[S_co]):
    """The daemon, as a plugin sees it. What is registered in set-up is undone at unload, in reverse order.

    Every function that is given here is `async`, is called within a time limit, and rests after several failures in a
    row, with an alert; a guard never rests. Registering is over when set-up ends.
    """

    @property
    def settings(self) -> S_co:
        """The checked table [plugins.NAME]."""
        ...

    @property
    def log(self) -> Logger:
        """A loguru logger that says which plugin speaks."""
        ...

    @property
    def store(self) -> Store:
        """The plugin's own keys and values."""
        ...

    @property
    def groups(self) -> Groups:
        """The groups of config.toml."""
        ...

    @property
    def timezone(self) -> str:
        """The IANA zone of config.toml."""
        ...

    def now(self) -> datetime:
        """Return the present instant, in UTC; tests move it."""
        ...

    def group_of(self, event: Event) -> Group | None:
        """Return the group that `event` happened in; None for a private one, and for one that config.toml lacks."""
        ...

    def guard(self, check: Check, *, order: int = 50, name: str = "", scope: GuardScope = EVERYWHERE) -> None:
        """Ask `check` about every part in `scope` on its way out. What is no verdict, raises or hangs holds it.

        Guards of a lower `order` are asked first. `name`: the function's own by default.
        """
        ...

    def on(self, kind: type[E], handler: Callable[[E], Awaitable[None]]) -> None:
        """Call `handler` for each event of this class, one after the other, in their order."""
        ...

    def inspect(self, find: Find) -> None:
        """Let `find` look for signs in members' messages."""
        ...

    def every(self, schedule: str, job: Job) -> None:
        """Run `job` by an interval (`30s`, `10m`, `2h`) or by five cron fields in the project's zone."""
        ...

    def command(
        self,
        name: str,
        handler: CommandHandler,
        *,
        role: Role = Role.OPERATOR,
        aliases: Sequence[str] = (),
        help: str = "",  # noqa: A002 - the word that a plugin's author expects
        example: str = "",
    ) -> None:
        """Answer the chat command `name` for people of `role` or higher."""
        ...

    def on_unload(self, cleanup: Job) -> None:
        """Call `cleanup` when the plugin goes, also when its set-up fails later on."""
        ...

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run `work` beside everything else; it is cancelled at unload."""
        ...

    async def submit(self, post: Post) -> bool:
        """Order `post`: through guards, pacing and the ledger. False = this key was ordered before.

        Raises CampaignError for a post without a place, PluginError for a group that config.toml does not name.
        """
        ...

    async def faqs(self, group: str) -> Sequence[Faq]:
        """Return what the campaigns that run in `group` answer, by their workbooks. Raises StoreError."""
        ...

    async def convert(
        self,
        member: str,
        stage: str,
        *,
        key: str,
        campaign: str = "",
        group: str = "",
        amount: Decimal | int | str | None = None,
        currency: str = "",
        at: datetime | None = None,
    ) -> bool:
        """Count that a member reached a stage, once for each `key`. False = it counts already, or was taken back.

        `campaign`: "" = the newest that runs in `group`, else the one that runs. `amount`: money in it; a refund's is
        positive, too. `currency`: "" = that of [tracking]. `at`: aware, None = now. The same key with other values
        takes the place of the old ones. Raises PluginError for an amount that is no exact number, ConfigError for an
        unknown stage, CampaignError for no campaign, StoreError.
        """
        ...
