"""/账号: how the bot's accounts stand, and letting one rest."""

from __future__ import annotations

from collections.abc import Iterator

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.phone import page
from groupbot.admin.services import Services
from groupbot.admin.upkeep import Trait
from groupbot.admin.words import state_word
from groupbot.core.roles import Role
from groupbot.i18n import _


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Accounts(services)
    account = Parameter(name="account", label=_("account"), kind=Kind.ACCOUNT)
    return (
        Command(
            path=("账号", "状态"),
            aliases=(("account", "status"),),
            role=Role.STAFF,
            changes=False,
            help=_("Shows how the accounts stand, and for how many groups each posts."),
            example="/账号 状态",
            handler=family.status,
        ),
        Command(
            path=("账号", "暂停"),
            aliases=(("account", "pause"),),
            parameters=(account, Parameter(name="reason", label=_("why"), kind=Kind.REST, optional=True)),
            role=Role.OPERATOR,
            plan=family.plan_pause,
            help=_("Lets an account post nothing more until it is resumed."),
            example="/账号 暂停 spare 换手机",
            handler=family.pause,
        ),
        Command(
            path=("账号", "恢复"),
            aliases=(("account", "resume"),),
            parameters=(account,),
            role=Role.ADMIN,
            help=_("Lets an account post again."),
            example="/账号 恢复 spare",
            handler=family.resume,
        ),
        Command(
            path=("账号", "人设"),
            aliases=(("account", "persona"),),
            parameters=(account,),
            role=Role.OPERATOR,
            changes=False,
            help=_("Shows who an account is to members, beside what config.toml declares."),
            example="/账号 人设 main",
            handler=family.persona,
        ),
    )


class _Accounts:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def status(self, call: Call) -> Answer:
        accounts = (await self._services.system.standing()).accounts
        lines = []
        for one in accounts:
            posts = _("{n} groups").format(n=len(self._groups(one.name)))
            lines.append(" · ".join(filter(None, (one.name, state_word(one.state), one.detail, posts))))
        options = tuple(
            Option(label=_("Resume {account}").format(account=one.name), line=f'/账号 恢复 "{one.name}"')
            for one in accounts
            if one.state == "paused" and call.actor.role >= Role.ADMIN
        )
        return Answer(text=page(lines) or _("No account was opened yet."), options=options)

    async def plan_pause(self, call: Call) -> Plan:
        account = call.get("account", str)
        groups = self._groups(account)
        text = _("{account} then posts nothing more, in {n} groups.").format(account=account, n=len(groups))
        if call.place.account == account:
            text += " " + _("It is the one that answers here: until it is resumed you get no answers in this chat.")
        return Plan(text=text, reach=frozenset({account, *groups}))

    async def pause(self, call: Call) -> Answer:
        account, why = call.get("account", str), call.find("reason", str)
        reason = _("paused by {name}").format(name=call.actor.name)
        await self._services.account_desk.pause(account, f"{reason}: {why}" if why else reason)
        more = Option(label=_("Resume {account}").format(account=account), line=f'/账号 恢复 "{account}"')
        return Answer(text=_("{account} is paused.").format(account=account), options=(more,))

    async def resume(self, call: Call) -> Answer:
        account = call.get("account", str)
        await self._services.account_desk.resume(account)
        return Answer(text=_("{account} posts again.").format(account=account))

    async def persona(self, call: Call) -> Answer:
        found = await self._services.account_desk.persona(call.get("account", str))
        return Answer(text=page(line for trait in found for line in _lines(trait)) or _("Nothing is declared."))

    def _groups(self, account: str) -> list[str]:
        return [group.name for group in self._services.directory.groups if group.account == account]


def _lines(trait: Trait) -> Iterator[str]:
    yield f"{trait.name}: {trait.declared}"
    if trait.shown and trait.shown != trait.declared:
        yield _("  members see: {shown}").format(shown=trait.shown)
    yield f"  {trait.verdict}"
