"""New accounts: which are warming up, and which look new and have no warm-up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from groupbot.delivery.paces import pace, warm_up
from groupbot.doctor.checks import Check
from groupbot.i18n import _
from groupbot.settings import ConsoleAccount, Settings


def warm_ups(settings: Settings, today: date, posted: Collection[str] | None) -> Iterator[Check]:
    """Yield a check for each account that is new or may be. `posted`: those with posts in the database, None = unknown.

    Nothing here is wrong, so every check is ok; a hint says what a careful person would write.
    """
    for account in settings.accounts:
        plan = warm_up(settings, account.name)
        number = plan.day(today) if plan else None
        if plan and number is not None:
            most = pace(settings, account.name).cap_on(today)
            message = _("Account {account} is on day {number} of {days} of its warm-up: {most} posts today.").format(
                account=account.name, number=number, days=len(plan.posts), most=most
            )
            yield Check(name=f"warm-up:{account.name}", ok=True, message=message)
        elif plan is None and posted is not None and account.name not in posted and not _is_terminal(account):
            yield Check(
                name=f"warm-up:{account.name}",
                ok=True,
                message=_("Account {account} has never posted from this database.").format(account=account.name),
                hint=_("If it is new, give it `new_since = {today}`: it then begins with few posts a day.").format(
                    today=today
                ),
            )


def _is_terminal(account: object) -> bool:
    return isinstance(account, ConsoleAccount)
