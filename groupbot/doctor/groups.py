"""What config.toml says about groups and accounts, judged without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator

from groupbot.doctor.checks import Check, in_short, refused
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.settings import Settings, WechatyAccount


def account_names(settings: Settings) -> Check:
    """Judge whether there is an account at all."""
    names = [account.name for account in settings.accounts]
    if not names:
        return Check(
            name="accounts",
            ok=False,
            message=_("config.toml names no account."),
            hint=_("Add an [[accounts]] block; config.example.toml shows one."),
        )
    return Check(name="accounts", ok=True, message=_("Accounts: {names}").format(names=in_short(names)))


def groups(settings: Settings) -> Check:
    """Judge whether every group's accounts exist."""
    known = {account.name for account in settings.accounts}
    orphans = [group.name for group in settings.groups if not known.issuperset(group.ids())]
    if orphans:
        return Check(
            name="groups",
            ok=False,
            message=_("These groups name an account that is not there: {groups}").format(groups=in_short(orphans)),
            hint=_("Correct `account` or `also` of the group, or add the account."),
        )
    if not settings.groups:
        hint = _("Add a [[groups]] block for each; config.example.toml shows one.")
        return Check(name="groups", ok=True, message=_("config.toml names no group."), hint=hint)
    message = _("Groups: {n}, each with its account.").format(n=len(settings.groups))
    return Check(name="groups", ok=True, message=message)


def standby(settings: Settings) -> Iterator[Check]:
    """Advise on groups that only one account is in: when it is banned nobody posts there."""
    alone = [group.name for group in settings.groups if not group.also]
    if alone:
        yield Check(
            name="standby",
            ok=True,
            message=_("Only one account is in these groups: {groups}").format(groups=in_short(alone)),
            hint=_("Bring a second account in and name it in the group's `also`: if one is banned, the other goes on."),
        )
    elif settings.groups:
        yield Check(name="standby", ok=True, message=_("Every group has a second account."))


def risk_pools(settings: Settings) -> Iterator[Check]:
    """Refuse a [risk.pools] tag that no group has: a slip of the pen leaves those groups as unwatched as before."""
    tags = {tag for group in settings.groups for tag in group.tags}
    for tag in settings.risk.pools:
        if tag not in tags:
            known = in_short(sorted(tags)) or "—"
            yield Check(
                name="risk",
                ok=False,
                message=_("[risk.pools.{tag}] holds for no group; tags: {tags}").format(tag=tag, tags=known),
                hint=_("Write a tag that groups have, or give them this one: `tags` in [[groups]]."),
            )


def secrets(settings: Settings) -> Iterator[Check]:
    """Judge whether the secret of each account is in the environment; its value is never shown."""
    for account in settings.accounts:
        if not isinstance(account, WechatyAccount):
            continue
        name = f"secret:{account.name}"
        try:
            settings.secret(account.token_env)
        except ConfigError as error:
            yield refused(name, error)
        else:
            message = _("The environment variable {name} is set.").format(name=account.token_env)
            yield Check(name=name, ok=True, message=message)
