"""The sections of config.toml that say which accounts there are, how fast they post and how much they may do."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from groupbot.i18n import _
from groupbot.settings.fields import (
    AccountName,
    ContentKind,
    Count,
    Endpoint,
    FilePath,
    PositiveSeconds,
    Seconds,
    Section,
)
from groupbot.settings.persona import PersonaSettings


class PacingSettings(Section):
    """How fast accounts may post. Platforms publish no limits: these are a careful person's pace."""

    enabled: bool = True
    """False posts as fast as the adapter takes it, without caps: for tests on a gateway, never for real accounts."""
    account_interval_s: Seconds = 3.0
    """Least seconds between two posts of one account. 3: a person who pastes prepared messages is not faster."""
    group_interval_s: Seconds = 1.0
    """Least seconds between two posts of one account in one group. 1: keeps the order that members see."""
    jitter: float = Field(default=0.3, ge=0, le=1)
    """Share by which an interval is lengthened at random, 0 to 1. 0.3: even beats are what gets noticed first."""
    account_daily_cap: Count = 1000
    """Most posts of one account in a local day; 0 = no cap. 1000: 20 groups with 50 posts each."""
    group_daily_cap: Count = 50
    """Most posts in one group in a local day; 0 = no cap. 50: a two-hour flash group needs about 40.

    Chats of our own people ([admin] groups, [[squads]] group) have none: commands are answered and alerts told there.
    """


class BudgetSettings(Section):
    """How much of each action an account may do in a local day; 0 = no limit. What is over waits until midnight.

    Platforms publish no limits: these are a careful person's numbers, with room left for what is done by hand.
    [warm_up] lowers them for a new account. They hold with [pacing] switched off, too.
    """

    accept_friend: Count = 20
    """Friendship requests accepted. 20: mass accepts get accounts limited, and one poster can bring hundreds."""
    accept_invitation: Count = 10
    """Invitations into groups accepted. 10: a person who joins more groups in a day is noticed."""
    add_members: Count = 30
    """Members invited into groups, each of one call counted. 30: strangers' groups filled in one go get reported."""
    remove_members: Count = 20
    """Members removed from groups, each of one call counted. 20: more in a day is rather a mistake than a clean-up."""
    create_group: Count = 2
    """Groups made. 2: platforms watch accounts that make groups in series."""
    rename: Count = 20
    """Groups renamed. 20: every group of a common project once."""
    announcement: Count = 20
    """Announcements set. 20: every group once; each one rings every member's phone."""
    mention_all: Count = 10
    """Messages that mention everybody. 10: members leave groups that ring them more often."""
    recall: Count = 50
    """Own posts taken back. 50: a wrong post in every group of a large project can be undone."""
    contact_card: Count = 20
    """Contact cards sent. 20: cards in series look like advertising."""
    set_profile: Count = 3
    """Changes of the account's own name, bio or picture. 3: who changes more often looks like a sold account."""


class WarmUpSettings(Section):
    """How an account with `new_since` comes into use: entry n of each list is its day n, then the warm-up is over."""

    posts_per_day: tuple[Annotated[int, Field(gt=0)], ...] = (20, 40, 80, 150, 300)
    """Most posts in a local day. Doubling from what a chatty person writes: a jump on day one is what gets limited."""
    action_share: tuple[Annotated[float, Field(gt=0, le=1)], ...] = (0.1, 0.2, 0.4, 0.6, 0.8)
    """Share of each of [budgets] that may be used, at least one. Slower than posts: actions are watched closer."""

    @model_validator(mode="after")
    def _check_lengths(self) -> WarmUpSettings:
        if len(self.posts_per_day) != len(self.action_share):
            raise ValueError(_("posts_per_day and action_share need one entry for each day, so equally many"))
        return self


class ConsoleAccount(Section):
    """An account in the terminal: nothing leaves the machine."""

    adapter: Literal["console"]
    name: AccountName
    """What groups and speakers call this account; unique."""
    log: FilePath | None = None
    """JSON-lines file to which every post is appended and synced to disk before it counts as sent; none by default."""
    interactive: bool = False
    """True lets a person type as a member while `groupbot run` is in a terminal."""
    pacing: PacingSettings | None = None
    """Keys of [pacing] that differ for this account; the others keep the values of [pacing]."""
    budgets: BudgetSettings | None = None
    """Keys of [budgets] that differ for this account; the others keep the values of [budgets]."""
    new_since: date | None = None
    """The account's first day in use, as 2026-11-20: from then on it warms up as [warm_up] says. None: no warm-up."""


class WechatyAccount(Section):
    """An account behind a Wechaty gateway (puppet service)."""

    adapter: Literal["wechaty"]
    name: AccountName
    """What groups and speakers call this account; unique."""
    endpoint: Endpoint
    """host:port of the gateway."""
    token_env: str = Field(min_length=1)
    """Name of the environment variable that holds the gateway's token; the token itself never stands in a file."""
    plaintext: bool = False
    """True talks without TLS; only for a gateway on the same machine or private network."""
    deadline_s: PositiveSeconds = 15.0
    """Seconds that one call may take; then its outcome is unknown. 15: a slow upload passes, and a frozen gateway is
    noticed before the next step is due."""
    stable_ids: bool = True
    """False where the gateway's puppet gives new ids at each login (web protocol): nothing is then decided by id."""
    limit_notices: tuple[str, ...] = ("操作频繁", "操作过于频繁", "发送过于频繁")
    """Phrases by which the platform says that the account does too much; one of them stops the account until a person
    resumes it."""
    big_group: Count = 40
    """In groups of more members only owner and administrators rename and mention everybody. 40: the lowest of the sizes
    at which operators see WeChat's groups change; the platform documents none."""
    cannot: tuple[ContentKind, ...] = ()
    """Kinds that the gateway's puppet does not do, as "voice": a launch then makes them tasks for a person."""
    persona: PersonaSettings | None = None
    """Who the account is to members; none by default."""
    pacing: PacingSettings | None = None
    """Keys of [pacing] that differ for this account; the others keep the values of [pacing]."""
    budgets: BudgetSettings | None = None
    """Keys of [budgets] that differ for this account; the others keep the values of [budgets]."""
    new_since: date | None = None
    """The account's first day in use, as 2026-11-20: from then on it warms up as [warm_up] says. None: no warm-up."""


AccountSettings = Annotated[ConsoleAccount | WechatyAccount, Field(discriminator="adapter")]
