"""States in the operator's language."""

from __future__ import annotations

from groupbot.delivery.values import State
from groupbot.i18n import _


def state_word(state: State) -> str:
    """Return the word that an operator reads for `state`."""
    return {
        State.PLANNED: _("planned"),
        State.SENDING: _("being sent"),
        State.HELD: _("waits for a decision"),
        State.UNKNOWN: _("outcome unknown"),
        State.SENT: _("sent"),
        State.SKIPPED: _("left out"),
        State.FAILED: _("failed"),
        State.CANCELLED: _("cancelled"),
    }[state]
