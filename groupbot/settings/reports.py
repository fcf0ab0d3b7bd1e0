"""[reports]: the evening's report."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from groupbot.settings.care import check_clock
from groupbot.settings.fields import Section


class ReportSettings(Section):
    """The report of the day, for the admin group and, of its own groups, for each squad's chat."""

    evening_at: Annotated[str, AfterValidator(check_clock)] = "21:30"
    """Time of day at which each campaign that runs is reported on, in its own zone; "" = never. 21:30: after the
    evening's last step, before people go to bed, so that tomorrow can still be changed."""
    picture: bool = True
    """Whether a picture goes along; it needs the extra `pictures`."""
    to_squads: bool = True
    """Whether squads that have a chat of their own get the report of their groups."""
