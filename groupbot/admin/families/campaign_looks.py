"""What runs, what is due, and how it will look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from groupbot.admin.declare import Answer, Call, Option
from groupbot.admin.families.campaign_launch import sop_called
from groupbot.admin.families.phone import clock, counted, moment, page, problem_lines
from groupbot.admin.families.targets import visible
from groupbot.admin.operator_desk import OperatorDesk
from groupbot.admin.services import Services
from groupbot.campaign.asked import Asked
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import CampaignState
from groupbot.campaign.views import CampaignRow, DayText, Due, PreviewText
from groupbot.campaign.words import campaign_word
from groupbot.core.roles import Role
from groupbot.delivery.values import State
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined

_NEXT = 10
_MOST_NEXT = 20
_DAYS = 9
"""Days that a preview offers by their digit."""
_PROBLEMS = 3
_DAY = re.compile(r"(?:d|第)?(\d{1,3})天?", re.IGNORECASE)
_DATE = re.compile(r"(?:\d{4}[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")


class Looks:
    """/活动 列表, 查看, 今天, 接下来, 预览."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        """Return the campaigns in which the person has groups, newest first; single orders are none."""
        desk, seen = await self._services.desk(), visible(call, self._services)
        found = [row for row in await desk.campaigns() if row.campaign.id != ONE_OFF]
        rows = [row for row in found if seen is None or set(seen) & set(await desk.groups(row.campaign.id))]
        if not rows:
            return Answer(text=_("There is no campaign yet."), options=_help())
        lines = []
        for row in rows:
            counts = await self._counts(desk, row, seen)
            sent, total = counts.get(State.SENT, 0), sum(counts.values()) - counts.get(State.CANCELLED, 0)
            lines.append(f"{row.campaign.id} · {_state(row)} · {sent}/{total}")
        live = [row.campaign.id for row in rows if row.state in {CampaignState.RUNNING, CampaignState.PAUSED}]
        return Answer(
            text=page(lines), options=tuple(Option(label=name, line=f"/活动 查看 {name}") for name in live[:5])
        )

    async def show(self, call: Call) -> Answer:
        """Return how one campaign stands."""
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        row, groups, seen = await desk.campaign(campaign), await desk.groups(campaign), visible(call, self._services)
        mine = [name for name in groups if seen is None or name in seen]
        if seen is not None and not mine:
            call.require(groups)
        counts = await self._counts(desk, row, seen)
        lines = [
            f"{campaign} {row.campaign.title}".strip(),
            _("{state} · from {day} · {count} groups").format(
                state=_state(row), day=f"{row.campaign.start:%m-%d}", count=len(mine)
            ),
            counted(counts),
        ]
        paused = [name for name in row.paused_in if name in mine]
        if paused:
            lines.append(_("Paused in {groups}").format(groups=joined(paused)))
        return Answer(text=page(lines), options=_next_moves(call, row, counts))

    async def today(self, call: Call) -> Answer:
        """Return what is due today."""
        desk, campaign = await self._services.desk(), call.find("campaign", str)
        found = await desk.today(campaign, visible(call, self._services))
        lines = [_due(due, clock(due.due, due.timezone), named=campaign is None) for due in found]
        return Answer(text=page(lines) or _("Nothing is due today."))

    async def upcoming(self, call: Call) -> Answer:
        """Return the next steps."""
        desk, campaign = await self._services.desk(), call.find("campaign", str)
        number = min(call.find("number", int) or _NEXT, _MOST_NEXT)
        found = await desk.upcoming(number, campaign, visible(call, self._services))
        lines = [_due(due, moment(due.due, due.timezone), named=campaign is None) for due in found]
        return Answer(text=page(lines) or _("Nothing waits for its time."))

    async def preview(self, call: Call) -> Answer:
        """Return a preview: all days with a picture, or one day in words."""
        desk, what = await self._services.desk(), call.get("what", str)
        known = {row.campaign.id for row in await desk.campaigns()}
        today = self._services.clock.now().astimezone(self._services.zone).date()
        shown = await desk.show(what if what in known else Asked(sop=sop_called(what), start=today))
        word, text = call.find("day", str), shown.text
        if word is not None:
            number, day = _chosen(text.days, word)
            following = (Option(label=_("The next day"), line=f'/活动 预览 "{what}" {number + 1}'),)
            return Answer(text=page(day.text.splitlines()), options=following if number < len(text.days) else ())
        lines = [text.headline, *_days(text), *problem_lines(text.problems, "error")[:_PROBLEMS]]
        lines += problem_lines(text.problems, "warning")[:_PROBLEMS]
        options = tuple(
            Option(label=day.text.partition("\n")[0], line=f'/活动 预览 "{what}" {number}')
            for number, day in enumerate(text.days[:_DAYS], start=1)
        )
        return Answer(text=page(lines), options=options, files=(shown.picture,) if shown.picture else ())

    async def _counts(self, desk: OperatorDesk, row: CampaignRow, seen: Sequence[str] | None) -> Mapping[State, int]:
        """Return how many deliveries are in which state; for a leader those of the own groups."""
        if seen is None:
            return row.counts
        return Counter(one.state for one in await desk.deliveries(row.campaign.id) if one.group in seen)


def _state(row: CampaignRow) -> str:
    word = campaign_word(row.state)
    return word + _(" (paused in {count} groups)").format(count=len(row.paused_in)) if row.paused_in else word


def _due(due: Due, when: str, *, named: bool) -> str:
    place = f"{due.campaign} {due.step}" if named else due.step
    return f"{when} {place} · {counted(due.counts)}"


def _help() -> tuple[Option, ...]:
    return (Option(label=_("How to launch one"), line="/帮助 活动 启动"),)


def _next_moves(call: Call, row: CampaignRow, counts: Mapping[State, int]) -> tuple[Option, ...]:
    """Return what one is likely to want next, of what the person may do."""
    campaign = row.campaign.id
    found = [Option(label=_("Steps"), line=f"/步骤 列表 {campaign}")]
    if call.actor.role >= Role.LEADER and counts.get(State.UNKNOWN, 0):
        found.append(Option(label=_("Settle what nobody knows"), line="/投递 未知结果"))
    if call.actor.role >= Role.LEADER and counts.get(State.HELD, 0):
        found.append(Option(label=_("Decide what is held"), line="/投递 待审"))
    if call.actor.role >= Role.OPERATOR and row.campaign.state is CampaignState.RUNNING:
        found.append(Option(label=_("Pause"), line=f"/活动 暂停 {campaign}"))
    if call.actor.role >= Role.OPERATOR and row.campaign.state is CampaignState.PAUSED:
        found.append(Option(label=_("Resume"), line=f"/活动 恢复 {campaign}"))
    return tuple(found)


def _days(text: PreviewText) -> list[str]:
    """Return a line for each day that can't be chosen by its digit; the others are the options."""
    more = text.days[_DAYS:]
    return [_("{day}: {posts} posts").format(day=day.text.partition("\n")[0], posts=day.posts) for day in more]


def _chosen(days: Sequence[DayText], word: str) -> tuple[int, DayText]:
    """Return the day that is meant: by its number, or by its date. Raises CampaignError when there is none."""
    numbered = _DAY.fullmatch(word)
    dated = _DATE.fullmatch(word)
    for number, day in enumerate(days, start=1):
        if numbered and int(numbered[1]) == number:
            return number, day
        if dated and (day.day.month, day.day.day) == (int(dated[1]), int(dated[2])):
            return number, day
    raise CampaignError(
        _("{day} is none of its days.").format(day=word),
        hint=_("It has {count}; write 第3天 or 5-18.").format(count=len(days)),
    )
