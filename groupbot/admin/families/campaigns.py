"""/活动: runs of SOPs, from their launch to their end."""

from __future__ import annotations

from groupbot.admin.declare import Command, Kind, Parameter
from groupbot.admin.families.campaign_checks import check_commands
from groupbot.admin.families.campaign_edits import edit_commands
from groupbot.admin.families.campaign_launch import Launches, launch_parameters
from groupbot.admin.families.campaign_looks import Looks
from groupbot.admin.families.campaign_pauses import Pauses
from groupbot.admin.families.steps import campaign_parameter
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.i18n import _


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    return (*_looks(services), *_runs(services), *edit_commands(services), *check_commands(services))


def _looks(services: Services) -> tuple[Command, ...]:
    looks = Looks(services)
    number = Parameter(name="number", label=_("how many"), kind=Kind.INT, optional=True)
    what = Parameter(name="what", label=_("SOP or campaign"))
    day = Parameter(name="day", label=_("day"), optional=True)
    return (
        Command(
            path=("活动", "列表"),
            aliases=(("campaign", "list"),),
            role=Role.STAFF,
            changes=False,
            help=_("Lists the campaigns, newest first."),
            example="/活动 列表",
            handler=looks.list,
        ),
        Command(
            path=("活动", "查看"),
            aliases=(("campaign", "show"),),
            parameters=(campaign_parameter(),),
            role=Role.STAFF,
            changes=False,
            help=_("Shows how a campaign stands."),
            example="/活动 查看 camp-20260518",
            handler=looks.show,
        ),
        Command(
            path=("活动", "今天"),
            aliases=(("campaign", "today"), ("今天",)),
            parameters=(campaign_parameter(optional=True),),
            role=Role.STAFF,
            changes=False,
            help=_("Shows what is due today and how it stands."),
            example="/活动 今天",
            handler=looks.today,
        ),
        Command(
            path=("活动", "接下来"),
            aliases=(("campaign", "next"), ("接下来",)),
            parameters=(number, campaign_parameter(optional=True)),
            role=Role.STAFF,
            changes=False,
            help=_("Shows the next steps that wait for their time."),
            example="/活动 接下来 10",
            handler=looks.upcoming,
        ),
        Command(
            path=("活动", "预览"),
            aliases=(("campaign", "preview"),),
            parameters=(what, day),
            role=Role.OPERATOR,
            changes=False,
            limit_s=120,
            help=_("Shows an SOP or a campaign day by day, with a picture; or one day of it in words."),
            example="/活动 预览 camp-7d 第3天",
            handler=looks.preview,
        ),
    )


def _runs(services: Services) -> tuple[Command, ...]:
    launches, pauses = Launches(services), Pauses(services)
    where = Parameter(name="targets", label=_("squad S, tag T, or groups"), many=True, optional=True)
    return (
        Command(
            path=("活动", "启动"),
            aliases=(("campaign", "launch"),),
            parameters=launch_parameters(),
            role=Role.OPERATOR,
            plan=launches.plan,
            limit_s=120,
            help=_("Launches an SOP on groups from a first day on."),
            example="/活动 启动 camp-7d 5月18日 分组 东区",
            handler=launches.launch,
        ),
        Command(
            path=("活动", "暂停"),
            aliases=(("campaign", "pause"),),
            parameters=(campaign_parameter(), where),
            role=Role.LEADER,
            help=_("Begins no further post, in the whole campaign or in some groups alone."),
            example="/活动 暂停 camp-20260518 分组 东区",
            handler=pauses.pause,
        ),
        Command(
            path=("活动", "恢复"),
            aliases=(("campaign", "resume"),),
            parameters=(campaign_parameter(), where),
            role=Role.LEADER,
            plan=pauses.plan_resume,
            help=_("Goes on after a pause; what is too late meets its late policy."),
            example="/活动 恢复 camp-20260518 分组 东区",
            handler=pauses.resume,
        ),
        Command(
            path=("活动", "取消"),
            aliases=(("campaign", "cancel"),),
            parameters=(campaign_parameter(),),
            role=Role.OPERATOR,
            plan=pauses.plan_cancel,
            help=_("Ends a campaign for good; what was not posted never will be."),
            example="/活动 取消 camp-20260518",
            handler=pauses.cancel,
        ),
    )
