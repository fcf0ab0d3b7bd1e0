"""The shape of an SOP file: which keys stand where. Meaning (times, lengths, names) is read by `sop.reading`.

Descriptions go into the JSON schema that editors show; docs/sop-format.md tells the same at length.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

MAX_TEXT = 16_000
MAX_PARTS = 20
MAX_STEPS = 5_000
MAX_GOALS = 2
MAX_NAME = 64
MAX_PHASE = 80
MAX_LINE = 200
MAX_VOICE_S = 60
"""WeChat ends a voice message after a minute."""

Line = Annotated[str, Field(min_length=1, max_length=MAX_LINE)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
PhaseName = Annotated[str, Field(min_length=1, max_length=MAX_PHASE)]
Script = Annotated[str, Field(min_length=1, max_length=MAX_TEXT, description="Words to post; may hold {{ name }}.")]
Duration = Annotated[str, Field(max_length=40, description="A length of time: 3s, 30m, 1h30m, 2d.")]
TimeText = Annotated[
    str,
    Field(max_length=MAX_LINE, description="A time node: D1 08:00, T-30m, daily 09:00 until D7, after STEP +10m …"),
]


Plain = WithJsonSchema({"type": ["string", "number", "boolean"]})
"""A text that an editor need not see quoted: every scalar of the file is read as it is written."""


def _short(key: str, model: Any) -> BeforeValidator:
    """Let a plain text stand for `{key: text}`, and nothing for an empty block."""

    def widen(value: Any) -> Any:
        return {key: value} if isinstance(value, str) else {} if value is None else value

    return BeforeValidator(widen, json_schema_input_type=str | model | None)


def _several(value: Any) -> Any:
    """Let one value stand for a list of one."""
    return value if isinstance(value, list) else [value]


def _groups(value: Any) -> Any:
    """Read `all` as the empty list: no narrowing."""
    chosen = _several(value)
    return [] if "all" in chosen else chosen


Holidays = Literal["any", "skip", "only", "shift"]
Names = Annotated[list[Line], BeforeValidator(_several, json_schema_input_type=list[Line] | Line)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoalModel(_Section):
    """One goal of the campaign; a plain text stands for its `text`."""

    text: Line = Field(description="What the campaign is for.")
    target: Annotated[str, Plain] = Field(
        default="", max_length=MAX_LINE, description="What is to be reached, e.g. 100 or 20%."
    )


class RoleModel(_Section):
    """Who speaks; a launch maps it to an account."""

    title: str = Field(default="", max_length=MAX_LINE, description="What operators call the role, e.g. 班主任.")


class VariableModel(_Section):
    """A blank that scripts may use; a plain text stands for its `description`."""

    description: str = Field(default="", max_length=MAX_LINE, description="What to give.")
    default: Annotated[str | None, Plain] = Field(
        default=None, max_length=MAX_TEXT, description="Without it a launch must give a value."
    )


class MaterialModel(_Section):
    """A file that steps post; a plain text stands for its `path`."""

    path: Line = Field(description="Relative to this file's folder or to the project's.")
    kind: Literal["image", "file", "video", "voice"] | None = Field(
        default=None, description="Known from the file's ending."
    )
    title: str = Field(default="", max_length=MAX_LINE, description="The file name that members see.")
    seconds: float | None = Field(default=None, gt=0, le=MAX_VOICE_S, description="How long a voice message lasts.")
    maker: str = Field(default="", max_length=MAX_LINE, description="Who makes it, and is reminded.")
    due: TimeText | None = Field(default=None, description="Until when: a day, or a day and a clock.")
    status: Literal["planned", "making", "review", "done"] = Field(
        default="done", description="Steps that post one that is not done are left out of a launch."
    )
    version: Annotated[str, Plain] = Field(default="", max_length=MAX_LINE, description="Which version it is, e.g. v2.")


class LateModel(_Section):
    """What happens to a step that could not start on time."""

    grace: Duration | None = Field(default=None, description="How late a step may start at most (30m).")
    then: Literal["skip", "ask", "send"] | None = Field(default=None, description="What happens after that (skip).")


def _approval(value: Any) -> Any:
    """Let yes stand for an empty block, and a length of time for `{ahead: length}`."""
    if not isinstance(value, str):
        return {} if value is None else value
    said = value.strip().casefold()
    return None if said in _NO else {} if said in _YES else {"ahead": value}


_YES, _NO = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})


class ApprovalModel(_Section):
    """A person looks at the step before it is posted."""

    ahead: Duration | None = Field(default=None, description="How long before its time people are asked (2h).")
    default: Literal["hold", "send"] | None = Field(
        default=None, description="What happens at its time when nobody answered: hold (usual) or send."
    )


class EventModel(_Section):
    """The moment that T-minus times count from."""

    name: Line = Field(description="What it is called, e.g. 直播课.")
    at: TimeText | None = Field(default=None, description="One day and clock; or given at launch by --event.")
    window: Duration | None = Field(default=None, description="For so long, open questions time out in 2 minutes.")


class SelectorModel(_Section):
    """Groups chosen by tag, squad or name."""

    tag: Names | None = Field(default=None, description="Groups with one of these tags.")
    squad: Names | None = Field(default=None, description="Groups of one of these squads.")
    names: Names | None = Field(default=None, description="Groups by name.")


_AsWritten = Literal["all"] | SelectorModel | list[SelectorModel]
Groups = Annotated[list[SelectorModel], BeforeValidator(_groups, json_schema_input_type=_AsWritten)]


class LinkModel(_Section):
    """A link card."""

    url: Line
    title: Line
    description: str = Field(default="", max_length=MAX_LINE)
    thumbnail: str = Field(default="", max_length=MAX_LINE, description="URL of a small picture.")


class MiniProgramModel(_Section):
    """A card that opens a mini-program."""

    app_id: Line = Field(description="The mini-program's AppID, wx….")
    title: Line
    page: str = Field(default="", max_length=MAX_LINE, description="The page that it opens.")
    username: str = Field(default="", max_length=MAX_LINE, description="Its original id, gh_…@app.")
    description: str = Field(default="", max_length=MAX_LINE)
    thumbnail: str = Field(default="", max_length=MAX_LINE, description="URL of the card's picture.")


class ContentModel(_Section):
    """One message or action: exactly one of its keys but `mention`, which goes with a text."""

    text: Script | None = None
    mention: Names | None = Field(default=None, description="`all`, roles or member ids; with a text only.")
    image: Name | None = Field(default=None, description="Name of a material.")
    file: Name | None = Field(default=None, description="Name of a material.")
    video: Name | None = Field(default=None, description="Name of a material.")
    voice: Name | None = Field(default=None, description="Name of a material of the kind voice.")
    link: LinkModel | None = None
    mini_program: MiniProgramModel | None = None
    card: Line | None = Field(default=None, description="Whose contact card: one of `roles`, or a contact's id.")
    announce: Script | None = Field(default=None, description="The group's new announcement (群公告).")
    rename: Line | None = Field(default=None, description="The group's new name.")


class PartModel(ContentModel):
    """One message of a step that has several."""

    gap: Duration | None = Field(default=None, description="How long to wait after the part before it, e.g. 3s.")


class TriggerModel(_Section):
    """What a step without a time waits for."""

    kind: Line = Field(description="join, friend, members, invites, action, no_action, keyword or event_end.")
    condition: str = Field(default="", max_length=MAX_TEXT, description="In the operator's words.")
    count: int | None = Field(default=None, ge=0, description="How many members or invitations.")
    after: Duration | None = Field(default=None, description="How long after it the step comes.")


class PlaybookModel(_Section):
    """What a person does when something goes wrong."""

    symptom: Script
    words: Script
    picture: str = Field(default="", max_length=MAX_NAME, description="Name of a material.")


class ReplyModel(_Section):
    """What is answered to a message that holds one of the keywords."""

    keywords: Names
    text: Script
    picture: str = Field(default="", max_length=MAX_NAME, description="Name of a material that is sent with it.")


class StepModel(ContentModel):
    """One planned action: a message, several parts, or a task for a person."""

    id: Name = Field(description="Its own name (letters, digits, - and _); it stays the same when the step is edited.")
    at: TimeText | None = None
    trigger: TriggerModel | None = Field(default=None, description="What it waits for, where it has no time.")
    place: Literal["group", "member", "moments"] = Field(default="group", description="Where it is said.")
    audience: str = Field(default="", max_length=MAX_TEXT, description="For whom it is, in the operator's words.")
    assumptions: list[str] = Field(default=[], description="How the operator's words were read; for people only.")
    speaker: Name | None = Field(default=None, description="One of `roles`; else the group's own account.")
    groups: Groups | None = Field(default=None, description="all, {tag: x}, {squad: y}, {names: [a, b]}, or a list.")
    parts: list[PartModel] | None = Field(default=None, min_length=1, max_length=MAX_PARTS)
    task: Script | None = Field(default=None, description="What a person does; the bot reminds.")
    assignee: Line | None = Field(default=None, description="Who does the task.")
    late: LateModel | None = None
    unknown: Literal["ask", "resend", "skip"] | None = None
    on_part_failure: Literal["stop", "continue"] | None = None
    ask_timeout: Duration | None = None
    approval: Annotated[
        ApprovalModel | None, BeforeValidator(_approval, json_schema_input_type=bool | Duration | ApprovalModel | None)
    ] = Field(default=None, description="Whether a person looks at it before it is posted.")
    quiet_hours: Literal["off"] | None = Field(default=None, description="off: post in quiet hours too.")
    promo: bool | None = Field(
        default=None, description="Whether it sells: then an open complaint in its group holds it (its words decide)."
    )
    weekdays: Names | None = Field(default=None, description="Only on these: mon … sun, workdays, weekend.")
    holidays: Holidays | None = Field(default=None, description="On official days off: any, skip, only or shift.")
    priority: int | None = Field(default=None, ge=-100, le=100, description="Higher goes first between groups.")
    lint_off: Names | None = Field(default=None, description="Codes of lint that are meant as they are, e.g. burst.")


class PhaseModel(_Section):
    """A section of the SOP."""

    name: PhaseName
    goal: str = Field(default="", max_length=MAX_LINE)
    steps: list[StepModel]


class GroupResultModel(_Section):
    """What came of one group."""

    sent: int = Field(default=0, ge=0, description="Deliveries that went out.")
    late: int = Field(default=0, ge=0, description="Of these, begun more than a minute late.")
    skipped: int = Field(default=0, ge=0)
    joins: int = Field(default=0, ge=0, description="Members who joined.")
    replies: int = Field(default=0, ge=0, description="Messages of members.")


class GoalResultModel(_Section):
    """What came of one goal."""

    text: Line
    target: Annotated[str, Plain] = Field(default="", max_length=MAX_LINE)
    result: Annotated[str, Plain] = Field(default="", max_length=MAX_LINE, description="What was reached, e.g. 132.")


class ResultsModel(_Section):
    """What came of the campaign that a template was saved from."""

    campaign: Line
    finished: int = Field(default=0, ge=0, description="Groups in which nothing was left to send.")
    goals: list[GoalResultModel] = Field(default=[])
    groups: dict[str, GroupResultModel] = Field(default={})


class SopModel(_Section):
    """A community SOP for groupbot."""

    name: Name = Field(description="Letters, digits, - and _: what commands call it.")
    title: Line
    timezone: Name = Field(default="Asia/Shanghai", description="IANA name.")
    goals: list[Annotated[GoalModel, _short("text", GoalModel)]] = Field(default=[], max_length=MAX_GOALS)
    roles: dict[str, Annotated[RoleModel, _short("title", RoleModel)]] = Field(default={})
    variables: dict[str, Annotated[VariableModel, _short("description", VariableModel)]] = Field(default={})
    materials: dict[str, Annotated[MaterialModel, _short("path", MaterialModel)]] = Field(default={})
    quiet_hours: Line | None = Field(default=None, description="Nothing is posted then, e.g. 22:30-07:30.")
    late: LateModel | None = None
    unknown: Literal["ask", "resend", "skip"] | None = Field(default=None, description="After a crash (ask).")
    on_part_failure: Literal["stop", "continue"] | None = None
    ask_timeout: Duration | None = Field(default=None, description="How long an open question blocks its group (30m).")
    event: EventModel | None = None
    last_day: TimeText | None = Field(default=None, description="Until when steps `until end` repeat, e.g. D21.")
    lock_window: Duration | None = Field(
        default=None, description="So long before its time a post is no longer changed; else as config.toml says."
    )
    holidays: Holidays = Field(default="any", description="`holidays` of steps that say nothing of it (any).")
    groups: Groups = Field(default=[], description="Groups of steps that name none (all).")
    phases: list[PhaseModel] = Field(min_length=1)
    playbooks: list[PlaybookModel] = Field(default=[])
    replies: list[ReplyModel] = Field(default=[])
    results: ResultsModel | None = Field(default=None, description="What came of it, as `save-template` writes it.")
