"""[admin], [[people]], [[squads]]: who may tell the bot what, and where it listens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from groupbot.core.roles import NAMES, Role
from groupbot.i18n import _
from groupbot.settings.fields import AccountName, ChatId, GroupName, PositiveSeconds, Section

_FORBIDDEN = frozenset(",/／，#＃@＠\n")


def _check_person(value: str) -> str:
    if not value or any(sign.isspace() or sign in _FORBIDDEN for sign in value):
        raise ValueError(
            _("{name!r} is no usable name: no blank, comma, slash, # or @, and not empty").format(name=value)
        )
    return value


PersonName = Annotated[str, Field(max_length=64), AfterValidator(_check_person)]
SquadName = Annotated[str, Field(max_length=64), AfterValidator(_check_person)]


class AdminSettings(Section):
    """Commands by chat."""

    groups: tuple[GroupName, ...] = ()
    """Names of the [[groups]] in which commands are taken; members of other groups never see that a bot listens."""
    confirm_within_s: PositiveSeconds = 300.0
    """Seconds within which a command that asks back is confirmed. 300: long enough to read what it would do."""
    command_limit_s: PositiveSeconds = 30.0
    """Seconds that one command may take. 30: longer than a launch in hundreds of groups."""
    file_limit_mb: Annotated[int, Field(ge=1, le=200)] = 20
    """Megabytes of a workbook that is sent to the bot. 20: a season's plan with its pictures."""
    four_eyes_groups: Annotated[int, Field(ge=0)] = 0
    """What posts to more groups than this by chat needs a second person's consent, 0 = never."""
    require_checklist: bool = False
    """Whether a campaign stays paused after its launch until a person signed its checklist off."""


class PersonSettings(Section):
    """Somebody who may give commands."""

    name: PersonName
    """What commands, tasks and the audit call them; unique."""
    role: Literal["member", "staff", "leader", "operator", "admin", "owner"] = "member"
    """What they may do."""
    ids: Mapping[AccountName, ChatId] = Field(default_factory=dict)
    """By which id each account's platform knows them; `groupbot people code NAME` binds one without looking it up."""
    squads: tuple[SquadName, ...] = ()
    """The squads that staff and leaders act for, besides those whose leader they are."""

    @property
    def rank(self) -> Role:
        """The role as a value that compares."""
        return NAMES[self.role]


class SquadSettings(Section):
    """A named set of groups ([[groups]] squad) and who runs it."""

    name: SquadName
    """What groups and commands call it; unique."""
    leader: str = ""
    """The name in [[people]] of who runs it, "" = nobody yet."""
    group: str = ""
    """The name in [[groups]] of the chat in which the squad's people give commands, "" = none."""
