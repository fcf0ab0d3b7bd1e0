"""The sections of config.toml. Seconds are floats, days and counts whole numbers; 0 is "no limit" where it says so.

A setting is added here, in config.example.toml and, if a daemon must obey it, in the composition root;
tests/architecture/test_example_config.py fails until the example has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.settings.accounts import AccountSettings, BudgetSettings, PacingSettings, WarmUpSettings, WechatyAccount
from groupbot.settings.admin import AdminSettings, PersonSettings, SquadSettings
from groupbot.settings.alerts import AlertSettings, secrets_in, split_urls
from groupbot.settings.capacity import EntryPoolSettings
from groupbot.settings.care import CareSettings
from groupbot.settings.fields import (
    CENTURY_DAYS,
    FILE,
    FOLDER,
    AccountName,
    ChatId,
    DatabaseUrl,
    Days,
    FilePath,
    GroupName,
    PositiveSeconds,
    Seconds,
    Section,
    Word,
    Zone,
)
from groupbot.settings.references import (
    check_channels,
    check_friends,
    check_people,
    check_pools,
    check_references,
)
from groupbot.settings.reports import ReportSettings
from groupbot.settings.risk import Mode, RiskRungs, RiskSettings
from groupbot.settings.standby import StandbySettings
from groupbot.settings.tasks import TaskSettings
from groupbot.settings.tracking import ChannelSettings, TrackingSettings
from groupbot.settings.web import WebSettings

ENVIRON = "environ"
"""Key of the validation context under which the environment travels."""


class DatabaseSettings(Section):
    """Where the ledger and the facts are kept."""

    url: DatabaseUrl = Field(default="sqlite:///groupbot.db", validate_default=True, repr=False)
    """`sqlite:///FILE` (relative to config.toml's folder) or `postgresql://user@host/name`. Not in repr: it may hold a
    password. Keep that in the PGPASSWORD variable instead."""
    busy_timeout_s: PositiveSeconds = 10.0
    """Seconds that a SQLite write waits for another program's lock. 10: longer than a backup copies a page, shorter
    than an operator's patience."""


class GroupSettings(Section):
    """A group that SOPs post to."""

    name: GroupName
    """What `--groups` and reports call it; unique."""
    account: AccountName
    """The account that posts here unless a step's speaker says otherwise."""
    id: ChatId
    """The group's id on that account's platform; `groupbot status` lists those seen."""
    tags: frozenset[str] = frozenset()
    """Words by which SOP steps choose groups."""
    squad: str = ""
    """The squad (分组) that it belongs to, "" = none."""
    variables: Mapping[str, str] = Field(default_factory=dict)
    """Values of SOP variables that differ in this group."""
    risk: Mode | None = None
    """What is done about advertisements, floods and complaints here: observe, alert or strict; else its pool's mode."""
    risk_rules: RiskRungs = RiskRungs()
    """Keys of [risk.ads], [risk.negative] and [risk.flood] that differ in this group."""
    also: Mapping[AccountName, ChatId] = Field(default_factory=dict)
    """Further accounts that are members: account name = that account's id of the same group."""

    def ids(self) -> dict[str, str]:
        """Return the group's platform id for each account that is in it."""
        return {self.account: self.id} | dict(self.also)


class DeliverySettings(Section):
    """How the dispatcher behaves."""

    recheck_s: PositiveSeconds = 30.0
    """Most seconds without a look at the ledger, even when no wake is due. 30: bounds what a lost wake can cost."""
    signal_poll_s: float = Field(default=1.0, gt=0, le=2)
    """Seconds between looks for a pause or resume by another process. 1: such a command is obeyed within 2 s."""
    group_lock_gap_s: Seconds = 120.0
    """Parts nearer together than these seconds keep other campaigns out of the group in between."""
    guard_timeout_s: PositiveSeconds = 5.0
    """Seconds that one guard may think; then the delivery is held."""


class EditingSettings(Section):
    """How a campaign that runs takes over an edited SOP."""

    lock_window_s: Seconds = 300.0
    """Seconds before its time from which on a delivery is no longer changed, unless it is forced. 300: who sees a post
    announced for the next minutes must not get another, and an edit of hundreds of groups is through by then."""
    apply: Literal["ask", "auto"] = "ask"
    """What happens when an SOP file of a running campaign is saved. `ask`: what would change is told, with the command
    that applies it; `auto`: it is applied where nothing is to be asked. `ask`: a file is saved half-way, too."""


class RetentionSettings(Section):
    """Days that facts are kept, per kind; 0 = for ever."""

    message: Days = 180
    """Members' messages. 180: two training seasons for comparing, then members' words are no longer ours to hold."""
    own_post: Days = 0
    """The accounts' own posts; reports of old campaigns count them."""
    join: Days = 0
    """Joins; funnels and channels of old campaigns count them."""
    leave: Days = 0
    """Leaves; the same."""
    account_state: Days = 90
    """Log-ins and losses of connection; only read when something went wrong lately."""


class RecorderSettings(Section):
    """How facts are written."""

    window_ms: int = Field(default=10, ge=0, le=1000)
    """Milliseconds that facts are gathered before one commit. 10: the most that a crash can lose."""
    max_batch: int = Field(default=500, ge=1)
    """Facts in one commit; more are written at once without waiting for the window."""
    retention: RetentionSettings = RetentionSettings()
    """[recorder.retention]"""


class LogSettings(Section):
    """What is logged and where. Tokens are always blotted out; message bodies appear at DEBUG only."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severity that is written."""
    file: FilePath | None = None
    """A log file beside standard error; none by default."""
    format: Literal["text", "json"] = "text"
    """`json` writes one JSON object per line, for log collectors."""
    rotation_mb: float = Field(default=20.0, gt=0, le=1_000_000)
    """Megabytes after which a new log file is begun. 20: opens in any editor."""
    retention_days: int = Field(default=30, ge=1, le=CENTURY_DAYS)
    """Days that old log files are kept."""


class DaemonSettings(Section):
    """Start and stop of `groupbot run`."""

    stop_timeout_s: PositiveSeconds = 10.0
    """Seconds that a stop may take in all. 10: what service managers wait before they kill."""


class FriendSettings(Section):
    """Which friendship requests are accepted, within [budgets] accept_friend."""

    accept: Literal["never", "code", "all"] = "never"
    """`code`: those whose greeting holds one of `codes` or of a channel's `greetings`; `all`: every one. `never`: a
    contact can write to the account, so somebody must want that."""
    codes: tuple[Word, ...] = ()
    """Words of the greeting, as printed beside the entry; upper and lower case and full-width letters are the same."""


class InvitationSettings(Section):
    """Which invitations into groups are accepted, within [budgets] accept_invitation."""

    accept: Literal["never", "from"] = "never"
    """`from`: those of the people in `from`. `never`: whoever brings an account into groups decides what it reads."""
    from_: tuple[ChatId, ...] = Field(default=(), alias="from")
    """Platform ids of the people whose invitations are accepted."""

    @model_validator(mode="after")
    def _check_from(self) -> InvitationSettings:
        if self.accept == "from" and not self.from_:
            raise ValueError(_('accept = "from" needs the ids of people in from'))
        return self


class Settings(Section):
    """All of config.toml."""

    locale: Literal["zh", "en"] = "zh"
    """Language of messages to operators."""
    timezone: Zone = "Asia/Shanghai"
    """IANA zone in which days begin, times are shown, and SOPs without a zone of their own are meant."""
    database: DatabaseSettings = DatabaseSettings()
    """[database]"""
    accounts: tuple[AccountSettings, ...] = ()
    """[[accounts]], one block per bot login."""
    groups: tuple[GroupSettings, ...] = ()
    """[[groups]], one block per group."""
    admin: AdminSettings = AdminSettings()
    """[admin]"""
    people: tuple[PersonSettings, ...] = ()
    """[[people]], one block per person who gives commands."""
    squads: tuple[SquadSettings, ...] = ()
    """[[squads]], one block per squad that has a leader or a chat of its own."""
    pools: tuple[EntryPoolSettings, ...] = ()
    """[[pools]], one block per pool of groups that are filled one after the other."""
    pacing: PacingSettings = PacingSettings()
    """[pacing]"""
    budgets: BudgetSettings = BudgetSettings()
    """[budgets]"""
    warm_up: WarmUpSettings = WarmUpSettings()
    """[warm_up]"""
    standby: StandbySettings = StandbySettings()
    """[standby]"""
    friends: FriendSettings = FriendSettings()
    """[friends]"""
    invitations: InvitationSettings = InvitationSettings()
    """[invitations]"""
    delivery: DeliverySettings = DeliverySettings()
    """[delivery]"""
    editing: EditingSettings = EditingSettings()
    """[editing]"""
    recorder: RecorderSettings = RecorderSettings()
    """[recorder]"""
    alerts: AlertSettings = AlertSettings()
    """[alerts]"""
    tasks: TaskSettings = TaskSettings()
    """[tasks]"""
    care: CareSettings = CareSettings()
    """[care]"""
    risk: RiskSettings = RiskSettings()
    """[risk]"""
    tracking: TrackingSettings = TrackingSettings()
    """[tracking]"""
    channels: tuple[ChannelSettings, ...] = ()
    """[[channels]], one block per place that members come from."""
    web: WebSettings = WebSettings()
    """[web]"""
    reports: ReportSettings = ReportSettings()
    """[reports]"""
    log: LogSettings = LogSettings()
    """[log]"""
    daemon: DaemonSettings = DaemonSettings()
    """[daemon]"""
    plugins: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    """[plugins.NAME]: each plugin checks its own table."""

    _folder: Path = PrivateAttr(default=Path())
    _file: str = PrivateAttr(default="config.toml")
    _environ: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _check_references(self, info: ValidationInfo) -> Settings:
        context = info.context or {}
        self._folder = context.get(FOLDER, Path())
        self._file = context.get(FILE, self._file)
        self._environ = context.get(ENVIRON, {})
        check_references(self.accounts, self.groups)
        check_people(self, self.accounts, self.groups)
        check_pools(self.pools, self.groups)
        check_channels(self.channels, self.groups)
        check_friends(self.friends, self.channels)
        return self

    @property
    def folder(self) -> Path:
        """The folder of config.toml: the project, where plugins/ and sops/ are looked for first."""
        return self._folder

    @property
    def file(self) -> Path:
        """The file that was read: config.toml, unless `--config` named another."""
        return self._folder / self._file

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables that it was read with. Never to be logged."""
        return self._environ

    def secret(self, variable: str) -> str:
        """Return the value of the environment variable that a `*_env` setting names.

        Raises ConfigError when it is unset or empty.
        """
        value = self._environ.get(variable, "").strip()
        if not value:
            raise ConfigError(
                _("The environment variable {name} is not set.").format(name=variable),
                hint=_("Set it before starting groupbot: export {name}=…").format(name=variable),
            )
        return value

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value that is known now, for the log to blot out."""
        named = {account.token_env for account in self.accounts if isinstance(account, WechatyAccount)}
        values = [self._environ.get(name, "").strip() for name in sorted(named)]
        password = urlsplit(self.database.url).password or ""
        urls = split_urls(self._environ.get(self.alerts.urls_env, ""))
        alerts = [secret for url in urls for secret in secrets_in(url)]
        return tuple(dict.fromkeys(value for value in (*values, password, unquote(password), *alerts) if value))

    def alert_urls(self) -> tuple[str, ...]:
        """Return the URLs to which alerts go besides the log; raises ConfigError when their variable is not set."""
        return split_urls(self.secret(self.alerts.urls_env)) if self.alerts.urls_env else ()

    def pacing_for(self, account: str) -> PacingSettings:
        """Return [pacing] with what the account called `account` sets differently."""
        own = next((item.pacing for item in self.accounts if item.name == account), None)
        return self.pacing.model_copy(update=own.model_dump(exclude_unset=True)) if own else self.pacing

    def budgets_for(self, account: str) -> BudgetSettings:
        """Return [budgets] with what the account called `account` sets differently."""
        own = next((item.budgets for item in self.accounts if item.name == account), None)
        return self.budgets.model_copy(update=own.model_dump(exclude_unset=True)) if own else self.budgets
