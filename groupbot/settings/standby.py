"""[standby]: what becomes of posts whose account can't make them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from groupbot.settings.fields import Seconds, Section


class StandbySettings(Section):
    """Other accounts ([[groups]] also), and then people, stand in for an account that is held, logged out or away."""

    enabled: bool = True
    """False leaves everything with its account: it waits, and is late then."""
    after_s: Seconds = 120.0
    """Seconds that an account is out of reach before others stand in; a limit notice or a ban counts at once. 120: a
    gateway that restarts is back by then."""
    by_hand_s: Seconds = 600.0
    """Seconds before a post is late at which it becomes a person's task, where no account can make it. 600: time to
    read it, copy it and post it."""
    failures: Annotated[int, Field(ge=0, le=100)] = 5
    """Attempts in a row without a post after which an account is held until a person resumes it; 0 = never. 5: one bad
    file or a group that was left is not an account's fault, five different posts are."""
    ramp_up_days: Annotated[int, Field(ge=0, le=30)] = 3
    """Local days after a hold on which the account keeps to the last days of [warm_up]; 0 = full pace at once. 3: who
    was just limited and goes on as before is limited again."""
