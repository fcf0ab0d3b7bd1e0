"""Editing a campaign as a whole by chat: to what a file says, or back to an older version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter
from groupbot.admin.families.campaign_launch import sop_called
from groupbot.admin.families.phone import moment, page
from groupbot.admin.families.proposing import Edits
from groupbot.admin.families.steps import ask_of, campaign_parameter, force_parameter
from groupbot.admin.operator_desk import OperatorDesk
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.errors import CampaignError
from groupbot.i18n import _

if TYPE_CHECKING:
    from groupbot.campaign.proposal import Proposal
    from groupbot.sop.merging import Side

_OFFERED = 3
_EVERYWHERE = {"all": "*", "全部": "*"}
_SIDES = {"mine": "mine", "运行": "mine", "file": "file", "文件": "file"}


def edit_commands(services: Services) -> tuple[Command, ...]:
    """Return /活动 修改, 撤销, 版本."""
    edits, undo = Edits(services, _edit, _settled), Edits(services, _undo)
    number = Parameter(name="number", label=_("version"), kind=Kind.INT, optional=True)
    answers = Parameter(name="answers", label=_("step=step,…"), words=("答", "answer"), optional=True)
    take = Parameter(name="take", label=_("place=mine|file,…"), words=("取", "take"), optional=True)
    return (
        Command(
            path=("活动", "修改"),
            aliases=(("campaign", "edit"),),
            parameters=(
                campaign_parameter(),
                Parameter(name="file", label=_("SOP file")),
                answers,
                take,
                force_parameter(),
            ),
            role=Role.OPERATOR,
            plan=edits.plan,
            limit_s=120,
            help=_("Changes a running campaign to what the edited file says."),
            example="/活动 修改 camp-20260518 camp-7d.xlsx",
            handler=edits.apply,
        ),
        Command(
            path=("活动", "撤销"),
            aliases=(("campaign", "undo"),),
            parameters=(campaign_parameter(), number, force_parameter()),
            role=Role.OPERATOR,
            plan=undo.plan,
            limit_s=120,
            help=_("Brings an older version of the plan back; what was posted stays posted."),
            example="/活动 撤销 camp-20260518",
            handler=undo.apply,
        ),
        Command(
            path=("活动", "版本"),
            aliases=(("campaign", "versions"),),
            parameters=(campaign_parameter(),),
            role=Role.OPERATOR,
            changes=False,
            help=_("Lists what a campaign ran, newest first."),
            example="/活动 版本 camp-20260518",
            handler=_Versions(services).list,
        ),
    )


class _Versions:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        found = await desk.versions(campaign)
        zone = (await desk.campaign(campaign)).campaign.timezone
        lines = [
            " ".join(filter(None, (f"{one.number}.", moment(one.at, zone), one.by, one.note or one.source)))
            for one in reversed(found)
        ]
        options = tuple(
            Option(label=_("Back to {number}").format(number=one.number), line=f"/活动 撤销 {campaign} {one.number}")
            for one in list(reversed(found))[1 : _OFFERED + 1]
        )
        return Answer(text=page(lines), options=options)


async def _edit(desk: OperatorDesk, call: Call) -> Proposal:
    take = {_EVERYWHERE.get(place, place): _side(place, side) for place, side in _said(call, "take").items()}
    return await desk.edit(ask_of(call), sop_called(call.get("file", str)), answers=_said(call, "answers"), take=take)


async def _undo(desk: OperatorDesk, call: Call) -> Proposal:
    return await desk.undo(ask_of(call), call.find("number", int))


def _settled(call: Call, name: str, said: str) -> str:
    """Return the line of /活动 修改 with one more answer, or one more side of a conflict."""
    given = {key: [f"{place}={value}" for place, value in _said(call, key).items()] for key in ("answers", "take")}
    given[name].append(said)
    line = f'/活动 修改 {call.get("campaign", str)} "{call.get("file", str)}"'
    line += "".join(
        f' {word}="{",".join(given[key])}"' for key, word in (("answers", "答"), ("take", "取")) if given[key]
    )
    return line + (" 强制=是" if call.find("force", str) else "")


def _said(call: Call, name: str) -> Mapping[str, str]:
    pieces = (piece.partition("=") for piece in (call.find(name, str) or "").split(",") if piece)
    return {place.strip(): value.strip() for place, _sign, value in pieces}


def _side(place: str, word: str) -> Side:
    if word not in _SIDES:
        raise CampaignError(
            _("{place}: {word} is neither mine nor file.").format(place=place, word=word),
            hint=_("Write 取={place}=mine or 取={place}=file.").format(place=place),
        )
    return cast("Side", _SIDES[word])
