"""[tasks]: how people are held to what SOPs leave to them."""

from __future__ import annotations

from pydantic import Field

from groupbot.settings.fields import PositiveSeconds, Section


class TaskSettings(Section):
    """Reminders of tasks."""

    chase_every_s: PositiveSeconds = 1800.0
    """Seconds between reminders of a task that is due and not ticked off. 1800: a call or a lunch fits in between."""
    chases: int = Field(default=2, ge=0, le=20)
    """How often it is told again after the first time; then its leader or the admin group is told, once. 2: an hour
    of silence means that somebody else must do it."""
    postpone_s: PositiveSeconds = 1800.0
    """Seconds by which the reply 2 puts a task off. 1800: until after the meeting."""
