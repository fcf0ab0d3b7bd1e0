"""What the project's SOPs want accounts to do in their groups, and what they can't do there.

Nothing here fails a project: a launch turns what an account can't do into a task for a person. It is better known
before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from groupbot.chat.capabilities import UNSEEN, Capabilities, Standing, obstacle
from groupbot.chat.directory import Group
from groupbot.chat.words import kind_word
from groupbot.core.actions import Announcement, Rename
from groupbot.core.content import ContactCard, Content, File, Image, Link, MiniProgram, Text, Video, Voice
from groupbot.core.events import Rank
from groupbot.doctor.checks import Check, in_short
from groupbot.i18n import _
from groupbot.sop.choosing import choose
from groupbot.sop.document import (
    AnnouncementPart,
    CardPart,
    LinkPart,
    MediaPart,
    MiniProgramPart,
    PartSpec,
    RenamePart,
    Sop,
    TextPart,
)
from groupbot.sop.planned import PlanGroup

_LEAST = Standing(rank=Rank.MEMBER, members=1_000_000)
"""Where an account may do least: a plain member of a huge group."""
_MEDIA: Mapping[str, type[Image | File | Video | Voice]] = {cls.kind: cls for cls in (Image, File, Video, Voice)}

Deeds = Mapping[str, frozenset[Content]]
"""By group: what SOPs want done there, one sample of each kind."""


def deeds(sop: Sop, groups: Sequence[Group]) -> Deeds:
    """Return what `sop` wants done in each of `groups`: by its own account, unless a launch gives roles to others."""
    planned = [PlanGroup(name=group.name, tags=group.tags, squad=group.squad) for group in groups]
    wanted: dict[str, set[Content]] = defaultdict(set)
    for step in sop.steps:
        samples = {sample(part) for part in step.parts}
        for group, _said in choose(planned, sop.groups if step.groups is None else step.groups) if samples else ():
            wanted[group.name] |= samples
    return {group: frozenset(found) for group, found in wanted.items()}


def sample(part: PartSpec) -> Content:
    """Return content of the kind of `part`, without its words: rights don't depend on them."""
    match part:
        case TextPart(mentions=mentions):
            return Text(text="", mentions=mentions)
        case MediaPart(kind=kind):
            return _MEDIA[kind](path="")
        case LinkPart():
            return Link(url="", title="")
        case MiniProgramPart():
            return MiniProgram(app_id="", title="")
        case CardPart():
            return ContactCard(contact="")
        case AnnouncementPart():
            return Announcement(text="")
        case RenamePart():
            return Rename(topic="")


def rights(
    wanted: Iterable[Deeds],
    groups: Sequence[Group],
    abilities: Mapping[str, Capabilities],
    standings: Mapping[tuple[str, str], Standing],
) -> Iterator[Check]:
    """Yield, for each account, what it can't do in which groups; `standings` is by account and group."""
    owners = {group.name: group.account for group in groups}
    asked = [(owners[name], name, content) for one in wanted for name, contents in one.items() for content in contents]
    refused: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    unsure: dict[str, set[str]] = defaultdict(set)
    for account, group, content in asked:
        standing, can = standings.get((account, group), UNSEEN), abilities[account]
        if reason := obstacle(content, can, standing):
            refused[account, kind_word(content.kind), reason].add(group)
        elif standing.rank is Rank.UNKNOWN and obstacle(content, can, _LEAST):
            unsure[account].add(group)
    for (account, kind, reason), names in sorted(refused.items()):
        yield _refused(account, kind, reason, sorted(names))
    for account, names in sorted(unsure.items()):
        yield _unsure(account, sorted(names))
    if asked and not refused and not unsure:
        yield Check(name="rights", ok=True, message=_("Every account may do in its groups what the SOPs want of it."))


def _refused(account: str, kind: str, reason: str, groups: list[str]) -> Check:
    message = _("Account {account} can't do this in {groups}: {kind} ({reason}).")
    return Check(
        name=f"rights:{account}",
        ok=True,
        message=message.format(account=account, groups=in_short(groups), kind=kind, reason=reason),
        hint=_("Give the account the right, let another account do it, or leave it to the task that a launch makes."),
    )


def _unsure(account: str, groups: list[str]) -> Check:
    message = _("Whether account {account} has the rights that the SOPs need was not seen yet in {groups}.")
    return Check(
        name=f"rights:{account}",
        ok=True,
        message=message.format(account=account, groups=in_short(groups)),
        hint=_("Run `groupbot run` once, or look on the account's phone: it may have to be an administrator."),
    )
