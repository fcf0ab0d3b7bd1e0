"""Which groups a step is for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groupbot.i18n import _, joined
from groupbot.sop.document import Selector
from groupbot.sop.planned import PlanGroup

Chosen = tuple[PlanGroup, tuple[str, ...]]
"""A group, and what was assumed about it."""


def choose(groups: Iterable[PlanGroup], selectors: Sequence[Selector]) -> list[Chosen]:
    """Return those of `groups` that one of `selectors` means, in their order."""
    chosen: list[Chosen] = []
    for group in groups:
        verdicts = [_passes(group, selector) for selector in selectors]
        if True in verdicts:
            chosen.append((group, ()))
        elif None in verdicts:
            said = _("Tags and squads of `{group}` are not known: it is taken to be meant.")
            chosen.append((group, (said.format(group=group.name),)))
    return chosen


def _passes(group: PlanGroup, selector: Selector) -> bool | None:
    """Return whether `selector` means `group`; None when that can't be known."""
    match selector.by:
        case "all":
            return True
        case "names":
            return group.name in selector.values
        case "tag":
            return bool(group.tags & set(selector.values)) if group.known else None
        case "squad":
            return group.squad in selector.values if group.known else None


def wanted(selectors: Iterable[Selector]) -> str:
    """Return `selectors` in words."""
    return "; ".join(_wanted(selector) for selector in selectors)


def _wanted(selector: Selector) -> str:
    names = joined(selector.values)
    match selector.by:
        case "all":
            return _("all groups")
        case "names":
            return _("the groups {names}").format(names=names)
        case "tag":
            return _("groups tagged {names}").format(names=names)
        case "squad":
            return _("groups of squad {names}").format(names=names)
