"""An SOP as typed values, neutral of the file it was written in: loaders make these, check and planner read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from groupbot.core.policies import Policies, QuietHours
from groupbot.sop.planned import Problem, Source
from groupbot.sop.results import Results
from groupbot.sop.template import Template
from groupbot.sop.timenode import Day, FromEvent, OnDay, TimeNode

MediaKind = Literal["image", "file", "video", "voice"]
Place = Literal["group", "member", "moments"]
Holidays = Literal["any", "skip", "only", "shift"]
"""On official days off: post as ever, don't, only then, or on the next day of work."""
MaterialStatus = Literal["planned", "making", "review", "done"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """What a campaign is for; `target` is what the operator wants to reach, as written."""

    text: str
    target: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """A value that scripts use. Without a default it must be given at launch or by the group."""

    name: str
    description: str = ""
    default: str | None = None
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """A file that steps post. `path` is absolute, `written` as in the SOP, `digest` its content's SHA-256.

    `seconds`: how long a voice message lasts, 0 = not said. `size`: bytes, 0 = not known. `maker` makes it until `due`;
    of one that is not done the file may be missing, and the steps that post it are not planned.
    """

    name: str
    written: str
    path: str = ""
    digest: str = ""
    kind: MediaKind
    title: str = ""
    seconds: float = 0.0
    size: int = 0
    maker: str = ""
    due: OnDay | FromEvent | None = None
    status: MaterialStatus = "done"
    edition: str = ""
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Selector:
    """Which groups get a step: all, or those with one of `values` as tag, squad or name."""

    by: Literal["all", "tag", "squad", "names"] = "all"
    values: tuple[str, ...] = ()


ALL_GROUPS = (Selector(),)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventSpec:
    """The named moment that T-minus steps count from. For `window` after it, open questions time out in 2 minutes."""

    name: str
    at: OnDay | None = None
    window: timedelta = timedelta()
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPart:
    """Words to post. `mentions`: `EVERYBODY`, `ROLE` and a role's name, or member ids."""

    text: Template
    mentions: tuple[str, ...] = ()
    gap_s: float = 0.0
    source: Source | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaPart:
    """A material to post, by its name in the SOP."""

    kind: MediaKind
    material: str
    gap_s: float = 0.0
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkPart:
    """A link card to post."""

    url: Template
    title: Template
    description: Template | None = None
    thumbnail: Template | None = None
    gap_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MiniProgramPart:
    """A mini-program's card to post."""

    app_id: str
    title: Template
    page: Template | None = None
    username: str = ""
    description: Template | None = None
    thumbnail: Template | None = None
    gap_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CardPart:
    """A contact card to post; `contact` is `ROLE` and a role's name, or a platform id."""

    contact: str
    gap_s: float = 0.0
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnouncementPart:
    """An announcement to set."""

    text: Template
    gap_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RenamePart:
    """A new name for the group."""

    topic: Template
    gap_s: float = 0.0


PartSpec = TextPart | MediaPart | LinkPart | MiniProgramPart | CardPart | AnnouncementPart | RenamePart


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """What a step without a time waits for, and how long after it comes (`minutes`).

    `kind`: join, friend, members, invites, action, no_action, keyword, event_end …; `condition` is as written, `count`
    of how many members or invitations it speaks.
    """

    kind: str
    condition: str
    count: int | None = None
    minutes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One planned action: `parts` for the bot to post, or `task` for a person to do.

    `at` is open only for tasks and for steps with a `trigger`. `groups` is None where the SOP's default holds. `place`
    "member" is said to each member in private, "moments" is always a task. `audience` is for whom, as written;
    `assumptions` say how the operator's words were read; `lint_off` holds the codes of lint that are silenced here.
    `weekdays` (0 = Monday; None: all) and `holidays` choose among the days that `at` names.
    """

    id: str
    phase: str
    at: TimeNode | None
    parts: tuple[PartSpec, ...] = ()
    task: Template | None = None
    assignee: str | None = None
    speaker: str = ""
    groups: tuple[Selector, ...] | None = None
    policies: Policies = Policies()
    priority: int = 0
    place: Place = "group"
    trigger: Trigger | None = None
    audience: str = ""
    assumptions: tuple[str, ...] = ()
    lint_off: tuple[str, ...] = ()
    weekdays: frozenset[int] | None = None
    holidays: Holidays = "any"
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Playbook:
    """What to do when something goes wrong: a person looks it up. `picture` names a material, "" = none."""

    symptom: str
    words: str
    picture: str = ""
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What is answered to a message that holds one of `keywords`. `picture` names a material, sent with the words."""

    keywords: tuple[str, ...]
    text: Template
    picture: str = ""
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """A section of an SOP."""

    name: str
    goal: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sop:
    """A whole SOP. `version` is set by `sop.load`: 12 hex digits that change with the file or any material."""

    name: str
    title: str
    timezone: str
    version: str = ""
    goals: tuple[Goal, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role name -> what operators call it."""
    variables: Mapping[str, Variable] = field(default_factory=dict)
    materials: Mapping[str, Material] = field(default_factory=dict)
    quiet: QuietHours | None = None
    event: EventSpec | None = None
    last_day: Day | None = None
    """Until when steps repeat that say no end; None: the last day that any step names."""
    lock_window: timedelta | None = None
    """How long before its time a delivery is no longer changed; None: as long as the project says."""
    groups: tuple[Selector, ...] = ALL_GROUPS
    phases: tuple[Phase, ...] = ()
    steps: tuple[Step, ...] = ()
    playbooks: tuple[Playbook, ...] = ()
    replies: tuple[Reply, ...] = ()
    results: Results | None = None
    """What came of it where it ran; only a template has them."""
    source: Source
    warnings: tuple[Problem, ...] = ()


def templates_of(step: Step) -> tuple[Template, ...]:
    """Return every script of `step`."""
    found: list[Template | None] = [step.task]
    for part in step.parts:
        match part:
            case TextPart(text=text) | AnnouncementPart(text=text) | RenamePart(topic=text):
                found.append(text)
            case LinkPart(url=url, title=title, description=description, thumbnail=thumbnail):
                found += [url, title, description, thumbnail]
            case MiniProgramPart(title=title, page=page, description=description, thumbnail=thumbnail):
                found += [title, page, description, thumbnail]
    return tuple(template for template in found if template is not None)
