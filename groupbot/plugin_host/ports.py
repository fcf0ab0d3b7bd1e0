"""What the plugin host needs from the outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from groupbot.campaign.one_off import Order
from groupbot.chat.alerts import Alerts
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.delivery.guards import Guards
from groupbot.plugin_host.schedules import Schedule


class KeyValues(Protocol):
    """What plugins keep: JSON values by plugin and key. Raises StoreError like every store."""

    async def get(self, plugin: str, key: str) -> Any:
        """Return the value, None when there is none."""
        ...

    async def set(self, plugin: str, key: str, value: Any) -> None:
        """Keep `value`, in the old one's place."""
        ...

    async def delete(self, plugin: str, key: str) -> None:
        """Forget a key; one that is not there is no fault."""
        ...

    async def keys(self, plugin: str, prefix: str) -> Sequence[str]:
        """Return the keys that begin with `prefix`, sorted."""
        ...


class Jobs(Protocol):
    """Run work by the calendar."""

    def add(self, name: str, schedule: Schedule, job: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        """Run `job` as `schedule` says, never twice at a time; return what ends that.

        Raises PluginError for a cron expression that can't be read.
        """
        ...


class Orders(Protocol):
    """Where posts are ordered: through guards, pacing and the ledger."""

    async def submit(self, order: Order) -> bool:
        """Plan `order`; False = its key is known. Raises CampaignError, StoreError."""
        ...


class Audit(Protocol):
    """Where it is written who did what to plugins."""

    async def note(self, *, by: str, action: str, detail: str) -> None:
        """Write one entry. Raises StoreError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Faq:
    """A question that a campaign's workbook answers: a message that holds one of `keywords` gets `text`.

    `campaign` and `number` (from 1, in the order of the sheet) name it.
    """

    campaign: str
    number: int
    keywords: tuple[str, ...]
    text: str


class Faqs(Protocol):
    """What running campaigns answer."""

    async def of_group(self, group: str) -> Sequence[Faq]:
        """Return what the campaigns that run in `group` answer now, newest campaign first. Raises StoreError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """A stage that a member reached, as a plugin tells it; see `PluginContext.convert`. `key` is its own plugin's."""

    member: str
    stage: str
    key: str
    campaign: str = ""
    group: str = ""
    amount: Decimal | None = None
    currency: str = ""
    at: datetime | None = None


class Conversions(Protocol):
    """Where conversions are counted."""

    async def reached(self, reached: Reached) -> bool:
        """Count it; False = it counts already, or was taken back. Raises CampaignError, ConfigError, StoreError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Seconds that calls may take, and how much trouble a plugin may make."""

    setup_s: float = 10.0
    """Set-up, and import. 10: posts wait for it at every start."""
    handler_s: float = 10.0
    """An event, a command, an inspection."""
    guard_s: float = 4.5
    """A guard; below [delivery] guard_timeout_s, so that the one who hangs is named."""
    job_s: float = 300.0
    cleanup_s: float = 5.0
    settle_s: float = 3.0
    """Calls under way when their plugin is replaced or unloaded."""
    patience: int = 5
    """Failures in a row after which a handler rests."""
    stalls: int = 3
    """Times that a plugin may stop the whole loop before all of its handlers rest."""
    waiting: int = 1_000
    """Events that may wait for one plugin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """The daemon as plugins use it."""

    store: KeyValues
    jobs: Jobs
    orders: Orders
    faqs: Faqs
    conversions: Conversions
    audit: Audit
    alerts: Alerts
    directory: Directory
    clock: Clock
    guards: Guards
    timezone: str
    ours: Container[str] = frozenset()
    """Ids by which platforms know the project's own accounts: plugins hear neither them nor of them."""
    limits: Limits = Limits()


Tables = Mapping[str, Mapping[str, Any]]
"""[plugins.NAME] by name."""
