"""The office of a daemon, announced to what comes in and to alerts, and put together behind the first posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groupbot.delivery.dispatcher import Dispatcher
from groupbot.desk.early_alerts import EarlyAlerts
from groupbot.desk.ground import Ground
from groupbot.desk.opening import LazyDesk, LazyOffice
from groupbot.inbound.pipeline import Pipeline
from groupbot.plugin_host.host import Host
from groupbot.risk.expected import ExpectedAnswers

if TYPE_CHECKING:
    from groupbot.desk.office import Office


def staff(
    ground: Ground,
    pipeline: Pipeline,
    *,
    desk: LazyDesk,
    dispatcher: Dispatcher,
    plugins: Host,
    expected: ExpectedAnswers,
) -> LazyOffice:
    """Return the office to be. Its stages will stand behind those that `pipeline` has; alerts wait for it from now."""

    def put_together() -> Office:
        from groupbot.desk.office import office  # noqa: PLC0415 - behind the first posts

        made = office(ground, desk=desk, dispatcher=dispatcher, plugins=plugins, expected=expected)
        for stage in made.stages:
            pipeline.add(stage)
        return made

    announced = LazyOffice(put_together)
    pipeline.add(announced)
    ground.alerts.prefer(EarlyAlerts(announced, has_chat=bool(ground.settings.admin.groups)))
    return announced
