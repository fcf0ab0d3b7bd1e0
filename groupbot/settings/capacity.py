"""[[pools]]: groups that are filled one after the other, and what people hear who don't get in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from groupbot.i18n import _
from groupbot.settings.fields import Days, GroupName, Seconds, Section


class WayInSettings(Section):
    """What members are told in private who write that they can't get in; a reason without words is not answered."""

    full: str = ""
    """The group is full."""
    expired: str = ""
    """The QR code is over."""
    over_200: str = ""
    """Nobody joins by QR code any more, only by a member's invitation."""
    payment: str = ""
    """The platform asks for a verified payment identity first."""
    other: str = ""
    """They don't say why."""
    with_image: bool = True
    """Whether the QR image of the group that takes people in goes along."""
    in_groups: bool = False
    """True answers in the pool's own groups, too; false: in private only."""


class EntryPoolSettings(Section):
    """Groups that take people in one after the other."""

    name: GroupName
    """What commands call it; unique."""
    groups: tuple[GroupName, ...] = Field(min_length=1)
    """Names of [[groups]] in the order in which they are filled; a group is in one pool."""
    limit: Annotated[int, Field(ge=2, le=100_000)] = 200
    """Members of a full group. 200: beyond it nobody joins a WeChat group by QR code."""
    switch_before: Annotated[int, Field(ge=0)] = 10
    """Seats before the limit at which the next group takes over. 10: who scanned already still gets in."""
    switch_ahead_s: Seconds = 900.0
    """Seconds before a group is full by the forecast at which the next takes over. 900: a code that was posted is
    scanned for a quarter of an hour."""
    sop: str = ""
    """Name of the SOP whose campaign must run in a group before it takes people in, "" = none."""
    image_days: Days = 7
    """Days that a QR image lasts, 0 = for ever. 7: WeChat's; codes of WeCom don't expire."""
    ask_before_s: Seconds = 86_400.0
    """Seconds before an image is over at which a new one is asked for. 86400: one look at the phone a day is enough."""
    invite_friends: bool = False
    """True invites who becomes a contact by a request that [friends] accepts into the group that takes people in."""
    way_in: WayInSettings = WayInSettings()
    """Words for members who can't get in."""

    @model_validator(mode="after")
    def _check_switch(self) -> EntryPoolSettings:
        if self.switch_before >= self.limit:
            raise ValueError(_("switch_before must be smaller than limit"))
        return self
