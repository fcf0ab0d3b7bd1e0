"""/复盘: what a campaign brought, in words, as a picture, a workbook or a page."""

from __future__ import annotations

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter
from groupbot.admin.report_book import ReportAsk, ReportBook
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.i18n import _

REPORTING_S = 120.0
"""Seconds that it may take: the reader of SOPs is loaded with it, and a picture is drawn."""
BY = (
    ("channel", "渠道"),
    ("group", "群"),
    ("squad", "分组", "小组"),
    ("variant", "版本"),
    ("step", "步骤"),
    ("day", "天", "日期"),
)
FILES = (("png", "图", "图片"), ("xlsx", "表", "表格", "excel"), ("html", "页", "网页"))


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Reports(services.reports)
    return (
        Command(
            path=("复盘",),
            aliases=(("report",),),
            parameters=(
                Parameter(name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, optional=True),
                Parameter(name="day", label=_("day, or all"), optional=True),
                Parameter(name="by", label=_("by"), kind=Kind.CHOICE, choices=BY, optional=True, words=("按", "by")),
                Parameter(
                    name="file", label=_("file"), kind=Kind.CHOICE, choices=FILES, optional=True, words=("文件", "file")
                ),
            ),
            role=Role.LEADER,
            changes=False,
            limit_s=REPORTING_S,
            help=_("Shows what a campaign brought today, on a day, or in all; leaders see their own groups."),
            example="/复盘 camp-0518 D3 按=渠道",
            handler=family.show,
        ),
    )


class _Reports:
    def __init__(self, reports: ReportBook) -> None:
        self._reports = reports

    async def show(self, call: Call) -> Answer:
        day = call.find("day", str) or ""
        whole = day.casefold() in {"all", "全部", "全程", "总"}
        sees_all = call.actor.role >= Role.OPERATOR
        ask = ReportAsk(
            campaign=call.find("campaign", str) or "",
            day="" if whole else day,
            whole=whole,
            by=call.find("by", str) or "",
            squads=None if sees_all else call.actor.squads,
            files=(call.find("file", str) or "png",),
        )
        written = await self._reports.write(ask)
        line = f"/复盘 {written.campaign}"
        options = (
            Option(label=_("by channel"), line=f"{line} 按=渠道"),
            Option(label=_("by group"), line=f"{line} 按=群"),
            Option(label=_("all days, as a workbook"), line=f"{line} 全部 文件=表"),
        )
        return Answer(text=written.text, options=options, files=written.files)
