"""Which groups a line means: by their names, by squad, by tag, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from groupbot.admin.declare import Call
from groupbot.admin.folding import alike
from groupbot.admin.places import PlaceKind
from groupbot.admin.services import Services
from groupbot.chat.directory import Group
from groupbot.core.roles import Role
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined

_HOW = {
    **dict.fromkeys(("群", "group", "groups"), "group"),
    **dict.fromkeys(("分组", "squad"), "squad"),
    **dict.fromkeys(("标签", "tag"), "tag"),
    **dict.fromkeys(("全部", "all"), "all"),
}
"""The words that say what the names behind them are; names without one are groups'."""
_CHOOSE: dict[str, Callable[[Group], Iterable[str]]] = {
    "group": lambda group: (group.name,),
    "squad": lambda group: (group.squad,) if group.squad else (),
    "tag": lambda group: group.tags,
}
_SHOWN = 6


def groups_meant(words: Iterable[str], services: Services) -> tuple[str, ...]:
    """Return the groups in the order of config.toml; raises CampaignError for a name that nothing has.

    分组 东区, 分组=东区, 标签 vip, 群 A B, A B, 全部. All is all of the customers': the chats where commands are taken
    are meant by their names alone.
    """
    known, how = services.directory.groups, "group"
    found: set[str] = set()
    for word in _split(words):
        if (said := _HOW.get(alike(word))) is not None and not (how == "squad" and _named(word, "squad", known)):
            how = said
            found |= _customers(services) if how == "all" else set()
        else:
            found |= _named(word, "group" if how == "all" else how, known) or _unknown(word, how, known)
    return tuple(group.name for group in known if group.name in found)


def _customers(services: Services) -> set[str]:
    places = ((group.name, services.places.named(group.name)) for group in services.directory.groups)
    return {name for name, place in places if place is not None and place.kind is PlaceKind.CUSTOMER_GROUP}


def visible(call: Call, services: Services) -> tuple[str, ...] | None:
    """Return the groups that the person may see, None = all."""
    if call.actor.role >= Role.OPERATOR:
        return None
    return tuple(group.name for group in services.directory.groups if call.may([group.name]))


def _split(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        key, sign, name = word.partition("=")
        yield from (key, name) if sign and alike(key) in _HOW else (word,)


def _named(word: str, how: str, known: Iterable[Group]) -> set[str]:
    """Return the groups of which a name is `word`, or, when it is one name alone, begins with it."""
    names = {name for group in known for name in _CHOOSE[how](group)}
    same = {name for name in names if alike(name) == alike(word)}
    near = same or {name for name in names if alike(word) and alike(name).startswith(alike(word))}
    return {group.name for group in known if near & set(_CHOOSE[how](group))} if len(near) == 1 else set()


def _unknown(word: str, how: str, known: Iterable[Group]) -> set[str]:
    names = sorted({name for group in known for name in _CHOOSE["group" if how == "all" else how](group)})
    text = {
        "squad": _("No squad is called {name}."),
        "tag": _("No group has the tag {name}."),
    }.get(how, _("No group is called {name}."))
    hint = _("There is {names}.").format(names=joined(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else ""))
    raise CampaignError(text.format(name=word), hint=hint if names else "")
