"""Tell the same thing once, and later how often it came again. Pure: the time is a parameter."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groupbot.chat.alerts import Alert
from groupbot.i18n import ngettext

MOST = 10_000
"""Alerts that are remembered; then the oldest is forgotten and told anew. Some 10 MB."""
_Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(kw_only=True, slots=True)
class _Told:
    """What was told last, when it may be told again, and how often it came since."""

    alert: Alert
    until: float
    again: int = 0


class Repeats:
    """Sort alerts into new ones and repetitions: same code and same fields within `window_s` seconds."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._told: dict[_Key, _Told] = {}

    @property
    def size(self) -> int:
        """How many alerts are remembered."""
        return len(self._told)

    def is_new(self, alert: Alert, now: float) -> bool:
        """Tell whether `alert` is to be told at `now` (seconds of any steady clock); count it if not."""
        told = self._told.get(_key(alert))
        if told is None or (told.until <= now and not told.again):
            if len(self._told) >= MOST:
                del self._told[next(iter(self._told))]
            self._told[_key(alert)] = _Told(alert=alert, until=now + self._window_s)
            return True
        told.alert, told.again = alert, told.again + 1
        return False

    def ripe(self, now: float) -> tuple[Alert, ...]:
        """Return, for what came again in a window that is over, the newest one with the count, and begin a new window.

        What did not come again is forgotten.
        """
        over = {key: told for key, told in self._told.items() if told.until <= now}
        for key, told in over.items():
            if told.again:
                self._told[key] = _Told(alert=told.alert, until=now + self._window_s)
            else:
                del self._told[key]
        return tuple(_counted(told, self._window_s) for told in over.values() if told.again)

    def rest(self) -> tuple[Alert, ...]:
        """Return everything that is counted and not told yet, and forget it: nobody will come back for it."""
        left = tuple(_counted(told, self._window_s) for told in self._told.values() if told.again)
        self._told.clear()
        return left


def _key(alert: Alert) -> _Key:
    return alert.code, tuple(sorted(alert.fields.items()))


def _counted(told: _Told, window_s: float) -> Alert:
    words = ngettext("(once more within {minutes:.0f} min)", "({n} times more within {minutes:.0f} min)", told.again)
    text = f"{told.alert.text} {words.format(n=told.again, minutes=window_s / 60)}"
    return replace(told.alert, text=text, plain=told.alert.text)
