"""Messages as members will see them, in words."""

from __future__ import annotations

from collections.abc import Mapping

from groupbot.chat.words import called, in_short, kind_word
from groupbot.core.content import ROLE, ContactCard, Content, File, MiniProgram, Text, file_of
from groupbot.i18n import _


def message(content: Content, roles: Mapping[str, str]) -> tuple[str, str]:
    """Return (kind, words): "" and the text itself for a text, else what it is and what it names."""
    match content:
        case Text(text=words, mentions=mentions):
            names = " ".join(_called(who, roles) for who in mentions)
            return "", f"{names} {words}".strip() if names else words
        case ContactCard(contact=contact):
            return kind_word(content.kind), _called(contact, roles)
        case File(path=path, name=name):
            return kind_word(content.kind), name or _name(path)
        case MiniProgram():
            return kind_word(content.kind), in_short(content)
        case _:
            return kind_word(content.kind), _name(file_of(content)) or in_short(content)


def line(content: Content, roles: Mapping[str, str]) -> str:
    """Return a message as one text: `[picture] poster.png`."""
    kind, words = message(content, roles)
    return f"[{kind}] {words}" if kind else words


def weekday(number: int) -> str:
    """Return the name of a weekday, 0 = Monday."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[number]


def _called(who: str, roles: Mapping[str, str]) -> str:
    role = who.removeprefix(ROLE)
    return f"@{roles.get(role) or role}" if who.startswith(ROLE) else called(who)


def _name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
