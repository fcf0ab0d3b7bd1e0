"""Which posts of a delivery can still be taken back, as orders. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groupbot.campaign.one_off import RECALL_WITHIN, Order, order_key
from groupbot.campaign.values import PostView
from groupbot.chat.capabilities import MENTION_ALL
from groupbot.core.actions import Recall
from groupbot.core.content import MESSAGES, Part
from groupbot.errors import CampaignError
from groupbot.i18n import _


def recall_orders(address: str, posts: Sequence[PostView], now: datetime) -> list[Order]:
    """Return an order for each message of `address` that is young enough; the last one goes first.

    Raises CampaignError when there is none: nothing was posted, the time is over, or the platform did not tell the ids.
    """
    messages = [post for post in posts if post.kind in MESSAGES | {MENTION_ALL}]
    if not messages:
        raise CampaignError(
            _("Nothing of {key} was posted that could be taken back.").format(key=address),
            hint=_("`groupbot deliveries list --campaign ID` shows what was; what waits can be left out."),
        )
    young = [post for post in messages if now < post.at + RECALL_WITHIN]
    if not young:
        raise CampaignError(
            _("{key} was posted more than {n} minutes ago; WeChat takes nothing back after that.").format(
                key=address, n=int(RECALL_WITHIN.total_seconds() // 60)
            ),
            hint=_("Post a correction."),
        )
    named = [post for post in young if post.message_id]
    if not named:
        raise CampaignError(
            _("The platform did not tell the id of what {key} posted, so it can't be taken back from here.").format(
                key=address
            ),
            hint=_("Take it back on the account's phone, within {n} minutes of the post.").format(
                n=int(RECALL_WITHIN.total_seconds() // 60)
            ),
        )
    return [_order(post, post.message_id) for post in reversed(named) if post.message_id]


def _order(post: PostView, message_id: str) -> Order:
    return Order(
        account=post.account,
        group="" if post.member else post.group,
        member=post.member,
        key=order_key(Recall.kind, message_id),
        parts=(Part(content=Recall(message_id=message_id)),),
        until=post.at + RECALL_WITHIN,
    )
