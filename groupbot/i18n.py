"""What an operator reads, in the operator's language: Chinese by default, English on request.

Source texts are English; `groupbot/locale/zh_CN` holds the Chinese catalog. The language is a context
variable, so one process can answer two operators in two languages.
"""

from __future__ import annotations

import gettext
import os
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DOMAIN = "groupbot"
LOCALES = ("zh", "en")
_CATALOGS = {"zh": "zh_CN"}
_FOLDER = Path(__file__).parent / "locale"


def _from_environment() -> str:
    named = os.environ.get("GROUPBOT_LOCALE", "zh")
    return named if named in LOCALES else "zh"


_locale: ContextVar[str] = ContextVar("groupbot_locale", default=_from_environment())


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
    return _translations(_locale.get()).gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """Translate a text that counts; English has two forms, Chinese one."""
    return _translations(_locale.get()).ngettext(one, many, n)
