"""The limits of an account as config.toml sets them."""

from __future__ import annotations

from groupbot.delivery.budgets import WarmUp
from groupbot.delivery.pacing import Pace
from groupbot.settings import Settings


def pace(settings: Settings, account: str) -> Pace:
    """Return the pace of `account`: its own keys over those of [pacing] and [budgets], and its warm-up.

    Without pacing there are no intervals and no caps, but what an account may do in a day stays bounded.
    """
    chosen = settings.pacing_for(account)
    bounded = Pace(
        timezone=settings.timezone,
        budgets=settings.budgets_for(account).model_dump(),
        warm_up=warm_up(settings, account),
    )
    if not chosen.enabled:
        return bounded
    return Pace(
        account_interval_s=chosen.account_interval_s,
        group_interval_s=chosen.group_interval_s,
        jitter=chosen.jitter,
        account_daily_cap=chosen.account_daily_cap,
        group_daily_cap=chosen.group_daily_cap,
        uncapped=frozenset({*settings.admin.groups, *(squad.group for squad in settings.squads)}),
        timezone=bounded.timezone,
        budgets=bounded.budgets,
        warm_up=bounded.warm_up,
    )


def warm_up(settings: Settings, account: str) -> WarmUp | None:
    """Return the warm-up of `account`, None for one that is well used."""
    since = next((item.new_since for item in settings.accounts if item.name == account), None)
    if since is None:
        return None
    return WarmUp(since=since, posts=settings.warm_up.posts_per_day, shares=settings.warm_up.action_share)
