"""What happens after each part that went out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from groupbot.campaign.new_groups import NewGroups
from groupbot.campaign.one_off import ONE_OFF
from groupbot.chat.adapter import Receipt
from groupbot.chat.alerts import Alerts
from groupbot.delivery.values import Candidate
from groupbot.desk.plugins import posted_event
from groupbot.inbound.echoes import OwnPosts
from groupbot.plugin_host.host import Host
from groupbot.risk.expected import ExpectedAnswers
from groupbot.tracking.recorder import Recorder


def after_posts(
    recorder: Recorder, alerts: Alerts, plugins: Host, asked: ExpectedAnswers
) -> Callable[[Candidate, Receipt, datetime], Awaitable[None]]:
    """Return what happens after each part: it is recorded, people hear of a group that it made, plugins of all."""
    own_posts, new_groups = OwnPosts(recorder), NewGroups(alerts)

    async def posted(candidate: Candidate, receipt: Receipt, at: datetime) -> None:
        await own_posts.posted(candidate, receipt, at)
        await new_groups.posted(candidate, receipt, at)
        if candidate.campaign != ONE_OFF and candidate.paced_group:
            asked.posted(candidate.group, (candidate.part.content,), at)
        await plugins.offer(posted_event(candidate, receipt, at))

    return posted
