"""What an operator reads, in the operator's language: Chinese by default, English on request.

Source texts are English; `groupbot/locale/zh_CN` holds the Chinese catalog. The language is a context
variable, so one process can answer two operators in two languages.
"""

from __future__ import annotations

import errno
import gettext
import os
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DOMAIN = "groupbot"
LOCALES = ("zh", "en")
_CATALOGS = {"zh": "zh_CN"}
_FOLDER = Path(__file__).parent / "locale"


VARIABLE = "GROUPBOT_LOCALE"
"""Environment variable that goes before the `locale` of config.toml, and speaks for commands that need no config."""


def from_environment() -> str:
    """Return the language that the environment asks for, "" when it asks for none."""
    named = os.environ.get(VARIABLE, "")
    return named if named in LOCALES else ""


_locale: ContextVar[str | None] = ContextVar("groupbot_locale", default=None)


def present() -> str:
    """Return the language spoken in this context."""
    return _locale.get() or from_environment() or "zh"


@cache
def _translations(locale: str) -> gettext.NullTranslations:
    if locale not in _CATALOGS:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, _FOLDER, [_CATALOGS[locale]], fallback=True)


def use(locale: str) -> None:
    """Speak `locale` ("zh" or "en") in this context and the tasks that it starts; unknown names mean "zh"."""
    _locale.set(locale if locale in LOCALES else "zh")


def _(text: str) -> str:
    """Translate a literal source text; fill placeholders afterwards with `.format(...)`."""
    return _translations(present()).gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """Translate a text that counts; English has two forms, Chinese one."""
    return _translations(present()).ngettext(one, many, n)


def joined(names: Iterable[str]) -> str:
    """Return `names` as one list, with the separator of the operator's language between."""
    return _(", ").join(names)


def os_reason(error: OSError) -> str:
    """Return why the system refused, in words; what has none here is told as the system says it."""
    words = {
        errno.ENOENT: _("there is no such file or folder"),
        errno.EACCES: _("you have no right to it"),
        errno.EPERM: _("you have no right to it"),
        errno.EISDIR: _("it is a folder"),
        errno.ENOTDIR: _("a part of the path is no folder"),
        errno.ENOSPC: _("the disk is full"),
        errno.EROFS: _("the disk can only be read"),
        errno.EEXIST: _("it exists already"),
        errno.EADDRINUSE: _("another program uses it"),
    }
    return words.get(error.errno or 0) or error.strerror or str(error)
