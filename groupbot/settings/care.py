"""[care]: which members are brought before a person."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from groupbot.i18n import _
from groupbot.settings.fields import PositiveSeconds, Seconds, Section


def check_clock(value: str) -> str:
    """Return a time of day as it is; raise ValueError for anything that is none. "" stands for never."""
    if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError(_("{clock!r} is no time of day; write it as 20:30").format(clock=value))
    return value


class CareSettings(Section):
    """Questions that nobody answered, and a daily list, for the leader of a squad, else the admin group."""

    question_after_s: Seconds = 600.0
    """Seconds after which a question in a customer group is brought to its leader; 0 = never. 600: staff who look every
    few minutes were not there, and the member still waits."""
    questions_at_once: Annotated[int, Field(ge=1, le=50)] = 5
    """Open questions shown in one chat at most; the others follow as these are settled."""
    list_at: Annotated[str, AfterValidator(check_clock)] = ""
    """Time of day at which the members are listed who need a person, as "20:30"; "" = never."""
    list_most: Annotated[int, Field(ge=1, le=200)] = 30
    """Members on one list; more are counted."""
    silent_after_s: PositiveSeconds = 86_400.0
    """Seconds after which who joined and has not written yet counts as silent. 86400: they had an evening."""
    first_talks: bool = True
    """Whether the steps of an SOP that wait for a join and are said in private become a task for each newcomer."""
