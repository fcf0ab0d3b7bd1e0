"""How a command is written down: its names, arguments and rights. Parsing, help and the tests read nothing else.

A family (`groupbot.admin.families`) is a function from `Services` to its commands. A handler holds no rule: it calls a
service and puts the outcome into words. What it can't do it refuses by raising a GroupbotError.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from groupbot.admin.places import STAFFED, Place, PlaceKind
from groupbot.admin.rights import Actor, Forbidden, Refused, Scope, decide
from groupbot.core.events import MessageReceived
from groupbot.core.roles import Role
from groupbot.i18n import present

T = TypeVar("T")


class Kind(StrEnum):
    """What an argument is, and as which type the handler gets it."""

    WORD = "word"
    """str, as written; in quotes it may hold blanks."""
    INT = "int"
    DATE = "date"
    """datetime.date; 5月18日, 5-18, 2026-05-18, 今天, 明天, +3."""
    CLOCK = "clock"
    """datetime.time; 20:00, 晚8点."""
    DURATION = "duration"
    """datetime.timedelta; 30分钟, 2h."""
    GROUP = "group"
    """str: the name of a group in config.toml, completed when it is unique."""
    SQUAD = "squad"
    """str: the name of a squad."""
    ACCOUNT = "account"
    """str: the name of an account."""
    PERSON = "person"
    """str: a name of [[people]]."""
    CAMPAIGN = "campaign"
    """str: a campaign's id; the service says whether there is one."""
    STEP = "step"
    """str: a step's id or title; the service says whether there is one."""
    MEMBER = "member"
    """str: a member's id on the platform, from @somebody or written out."""
    CHOICE = "choice"
    """str: the first of the spellings in `choices` that name the same."""
    REST = "rest"
    """str: all that follows, line breaks included; last of the parameters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One argument. `name` is its key in `Call.arguments`; `label` what help calls it, in the operator's language.

    `many`: it takes all that follows and gives a tuple (last of the parameters). `secret`: never audited or logged.
    """

    name: str
    label: str
    kind: Kind = Kind.WORD
    optional: bool = False
    many: bool = False
    secret: bool = False
    words: tuple[str, ...] = ()
    """Spellings of its key, when it is given as `key=value`; such a parameter is optional."""
    choices: tuple[tuple[str, ...], ...] = ()

    @property
    def shown_choices(self) -> tuple[str, ...]:
        """The choices as help shows them: in Chinese by their Chinese spellings, else by the first."""
        if present() != "zh":
            return tuple(spellings[0] for spellings in self.choices)
        return tuple(next((word for word in each if not word.isascii()), each[0]) for each in self.choices)


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One numbered reply: what people read, and the command line that choosing it stands for."""

    label: str
    line: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the bot says. `files` are absolute paths; they are posted after the text, pictures as pictures."""

    text: str
    options: tuple[Option, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One command as it was given. `quoted`: the platform's id of the message that it quotes, None without one."""

    command: Command
    actor: Actor
    place: Place
    event: MessageReceived
    arguments: Mapping[str, Any] = field(default_factory=dict)
    quoted: str | None = None
    line: str = ""
    """As it was typed or chosen; from it the call can be made again."""
    squad_of: Callable[[str], str] = field(default=lambda _group: "", repr=False)
    """Tells the squad of a group by its name, "" = none."""

    def get(self, name: str, kind: type[T]) -> T:
        """Return an argument that was given. `kind` is its type; a wrong one is a fault in the family."""
        value = self.arguments[name]
        if not isinstance(value, kind):
            raise TypeError(f"{name} is {type(value).__name__}, not {kind.__name__}")
        return value

    def find(self, name: str, kind: type[T]) -> T | None:
        """Return an argument that may be left out, None when it was."""
        return self.get(name, kind) if self.arguments.get(name) is not None else None

    def require(self, groups: Iterable[str]) -> None:
        """Refuse, by raising Forbidden, unless the person may act on all of `groups` (names in config.toml)."""
        self.require_squads(self.squad_of(group) for group in groups)

    def require_squads(self, squads: Iterable[str]) -> None:
        """Refuse, by raising Forbidden, unless the person may act for all of `squads`."""
        verdict = decide(self.command, self.actor, self.place, Scope(squads=frozenset(squads)))
        if isinstance(verdict, Refused):
            raise Forbidden(verdict.reason)

    def may(self, groups: Iterable[str]) -> bool:
        """Tell whether the person may act on all of `groups`: for lists that show what is theirs."""
        try:
            self.require(groups)
        except Forbidden:
            return False
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a command would do, shown before it is confirmed.

    `reach`: names of all that it touches (groups, deliveries, people). Made again when it is confirmed: if the new
    reach holds a name that was not shown, the confirmation is refused. With `options` it can't be confirmed as it is:
    one of them must be chosen first. `posts_to`: in how many groups members will read something by it.
    """

    text: str
    reach: frozenset[str] = frozenset()
    posts_to: int = 0
    options: tuple[Option, ...] = ()


Handler = Callable[[Call], Awaitable[Answer]]
Planner = Callable[[Call], Awaitable[Plan | None]]
"""Tells what a call would do, None when it needs no confirmation. Changes nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One command. `path` is its Chinese name, `aliases` further names, English among them; each is a tuple of words.

    `changes` is False for what only shows. A command with `plan` does nothing before it is confirmed.
    `for_strangers`: somebody whom config.toml does not name may give it, in a 1:1 chat too.
    `limit_s`: seconds that the handler may take, None = [admin] command_limit_s. `plugin`: whose it is, "" = the bot's
    own, which a line means where it could mean either.
    """

    path: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...] = ()
    parameters: tuple[Parameter, ...] = ()
    role: Role
    places: frozenset[PlaceKind] = STAFFED
    plan: Planner | None = None
    changes: bool = True
    for_strangers: bool = False
    limit_s: float | None = None
    plugin: str = ""
    help: str
    example: str
    handler: Handler

    @property
    def name(self) -> str:
        """The Chinese name as it is typed, without the stroke."""
        return " ".join(self.path)

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Every name."""
        return (self.path, *self.aliases)
