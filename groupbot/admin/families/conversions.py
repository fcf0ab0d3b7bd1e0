"""/转化: who reached which stage and what was paid: marks, lists, and rows whose person nobody could tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from groupbot.admin.conversion_desk import Counted, ListAsked, ListKind, MarkAsked, Meant
from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.conversion_words import counted_answer, counted_line, proposal_lines, read_lines
from groupbot.admin.families.phone import page
from groupbot.admin.rights import Forbidden
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.errors import CampaignError
from groupbot.i18n import _, ngettext
from groupbot.tracking.conversion_book import Proposal

READING_S = 120.0
"""Seconds that a list may take: ten thousand rows take a few."""
_KINDS = (("orders", "订单"), ("attendance", "到课", "考勤"), ("tails", "尾号"))
_CHOICE = re.compile(r"#?(\d{1,9})(?:([a-i])|=(\S+)|(-|x|丢|丢弃))", re.IGNORECASE)


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Conversions(services)
    member = Parameter(name="member", label=_("@member, name or id"), kind=Kind.MEMBER)
    campaign = Parameter(
        name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, words=("活动", "campaign"), optional=True
    )
    at = Parameter(name="at", label=_("time"), words=("时间", "at"), optional=True)
    of_list = Parameter(name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, optional=True)
    return (
        Command(
            path=("转化", "标记"),
            aliases=(("convert", "mark"),),
            parameters=(
                member,
                Parameter(name="stage", label=_("stage")),
                Parameter(name="amount", label=_("amount"), optional=True),
                at,
                campaign,
            ),
            role=Role.LEADER,
            help=_("Writes that a member reached a stage; with money in it, for operators."),
            example="/转化 标记 Ann 付费 2000",
            handler=family.mark,
        ),
        Command(
            path=("转化", "撤销"),
            aliases=(("convert", "undo"),),
            parameters=(Parameter(name="key", label=_("key")), campaign),
            role=Role.LEADER,
            plan=family.plan_undo,
            help=_("Takes a conversion or a cost back, by its key."),
            example="/转化 撤销 order:20260518001",
            handler=family.undo,
        ),
        Command(
            path=("转化", "导入"),
            aliases=(("convert", "import"),),
            parameters=(
                Parameter(name="kind", label=_("orders, attendance or tails"), kind=Kind.CHOICE, choices=_KINDS),
                campaign,
                Parameter(name="stage", label=_("stage"), words=("阶段", "stage"), optional=True),
                at,
                Parameter(
                    name="again",
                    label=_("count again"),
                    kind=Kind.CHOICE,
                    choices=(("yes", "是"), ("no", "否")),
                    words=("重计", "again"),
                    optional=True,
                ),
            ),
            role=Role.OPERATOR,
            limit_s=READING_S,
            plan=family.plan_take,
            help=_("Takes the list in the file that is quoted: orders, attendance, or phone numbers' last digits."),
            example="/转化 导入 订单",
            handler=family.take,
        ),
        Command(
            path=("转化", "待定"),
            aliases=(("convert", "doubtful"),),
            parameters=(of_list,),
            role=Role.OPERATOR,
            changes=False,
            help=_("Lists rows of imports whose person nobody could tell, with who may be meant."),
            example="/转化 待定",
            handler=family.doubtful,
        ),
        Command(
            path=("转化", "认定"),
            aliases=(("convert", "settle"),),
            parameters=(Parameter(name="choices", label=_("17a 18=ID 19-"), many=True),),
            role=Role.OPERATOR,
            help=_("Says whose the rows of /转化 待定 are: its letter, an id, or - to drop it; all in one line."),
            example="/转化 认定 17a 18b 19-",
            handler=family.settle,
        ),
    )


class _Conversions:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def mark(self, call: Call) -> Answer:
        amount = call.find("amount", str) or ""
        if amount:
            _require_operator(call)
        meant = await self._member(call)
        asked = MarkAsked(
            campaign=meant.campaign,
            member=meant.member,
            stage=call.get("stage", str),
            amount=amount,
            at=call.find("at", str) or "",
            by=call.actor.name,
        )
        return counted_answer(await self._services.conversions.mark(asked))

    async def plan_undo(self, call: Call) -> Plan:
        found = await self._to_undo(call)
        return Plan(text=_("Takes back {what}").format(what=counted_line(found)), reach=frozenset({found.key}))

    async def undo(self, call: Call) -> Answer:
        found = await self._to_undo(call)
        done = await self._services.conversions.undo(found.key, found.campaign, by=call.actor.name)
        return Answer(text=_("Taken back: {what}").format(what=counted_line(done)))

    async def plan_take(self, call: Call) -> Plan:
        found = await self._services.conversions.read(await self._asked(call), write=False)
        return Plan(text=page(read_lines(found)), reach=frozenset({found.campaign, found.file, str(found.counts)}))

    async def take(self, call: Call) -> Answer:
        found = await self._services.conversions.read(await self._asked(call), write=True)
        options = (Option(label=_("whose the doubtful rows are"), line=f"/转化 待定 {found.campaign}"),)
        return Answer(text=page(read_lines(found)), options=options if found.has_doubt else ())

    async def doubtful(self, call: Call) -> Answer:
        rows = await self._services.conversions.proposals(call.find("campaign", str) or "")
        return Answer(text=page(proposal_lines(rows)) if rows else _("No row waits for a word."))

    async def settle(self, call: Call) -> Answer:
        words = call.get("choices", tuple)
        numbers = [int(found[1]) for word in words if (found := _CHOICE.fullmatch(word))]
        choices = _choices(words, {row.id: row for row in await self._services.conversions.proposed(numbers)})
        done = await self._services.conversions.settle(choices, by=call.actor.name)
        dropped = sum(not member for member in choices.values())
        lines = [counted_line(one) for one in done]
        if dropped:
            lines.append(ngettext("{n} row is dropped.", "{n} rows are dropped.", dropped).format(n=dropped))
        return Answer(text=page(lines))

    async def _member(self, call: Call) -> Meant:
        """Return the member that is meant; refuse one of other people's groups."""
        meant = await self._services.conversions.find(call.find("campaign", str) or "", call.get("member", str))
        call.require([meant.group])
        return meant

    async def _to_undo(self, call: Call) -> Counted:
        found = await self._services.conversions.counted(call.get("key", str), call.find("campaign", str) or "")
        if found.amount is not None:
            _require_operator(call)
        call.require([found.group])
        return found

    async def _asked(self, call: Call) -> ListAsked:
        if call.quoted is None:
            raise CampaignError(
                _("Quote the file that holds the list."), hint=_("Send it here, then answer to it with this command.")
            )
        data, name = await self._services.conversions.file(call.place.account, call.quoted)
        kind = ListKind(call.get("kind", str))
        stage = "attended" if kind is ListKind.ATTENDANCE else "paid"
        return ListAsked(
            data=data,
            file=name,
            kind=kind,
            campaign=call.find("campaign", str) or "",
            stage=call.find("stage", str) or stage,
            at=call.find("at", str) or "",
            again=call.find("again", str) == "yes",
            by=call.actor.name,
        )


def _require_operator(call: Call) -> None:
    if call.actor.role < Role.OPERATOR:
        raise Forbidden(_("Money is for operators."))


def _choices(words: Iterable[str], rows: Mapping[int, Proposal]) -> dict[int, str]:
    """Return member by row, "" = drop it; raises CampaignError for what is neither."""
    chosen: dict[int, str] = {}
    for word in words:
        found = _CHOICE.fullmatch(word)
        if found is None or int(found[1]) in chosen:
            raise CampaignError(
                _("{word} says nothing of a row.").format(word=word), hint=_("Write 17a, 17=ID or 17-.")
            )
        chosen[int(found[1])] = _whose(found, rows)
    return chosen


def _whose(found: re.Match[str], rows: Mapping[int, Proposal]) -> str:
    if found[4]:
        return ""
    if found[3]:
        return found[3]
    row = rows.get(int(found[1]))
    at = ord(found[2].casefold()) - ord("a")
    if row is None or at >= len(row.candidates):
        raise CampaignError(_("Row #{n} has no {letter}.").format(n=found[1], letter=found[2]))
    return row.candidates[at]
