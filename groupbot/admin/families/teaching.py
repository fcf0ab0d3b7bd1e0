"""/风险 版本 and its like: what people taught the scorers, and how it is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from groupbot.admin.declare import Answer, Call, Command, Kind, Parameter, Plan
from groupbot.admin.families.phone import page
from groupbot.admin.heard import quoted_words
from groupbot.admin.risk_ports import Lesson, LessonLine, VersionLine
from groupbot.admin.risk_words import concern_word
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError
from groupbot.i18n import _, joined
from groupbot.risk.ladder import Concern

CONCERNS = {"广告": Concern.ADS, "负面": Concern.NEGATIVE}
_NAME = 32
"""Signs of the name before the colon in a quote, at most."""


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Teaching(services)
    number = Parameter(name="number", label=_("number"), kind=Kind.INT)
    choices = tuple((word, concern.value) for word, concern in CONCERNS.items())
    concern = Parameter(name="concern", label=joined(CONCERNS), kind=Kind.CHOICE, choices=choices, optional=True)
    return (
        Command(
            path=("风险", "漏报"),
            aliases=(("risk", "missed"),),
            parameters=(concern,),
            role=Role.LEADER,
            help=_("Quoting a message: teaches that it is an advertisement, or a complaint, which was not found."),
            example="/风险 漏报 广告",
            handler=family.missed,
        ),
        Command(
            path=("风险", "版本"),
            aliases=(("risk", "versions"),),
            role=Role.OPERATOR,
            changes=False,
            help=_("Lists the versions of the scorers and the last corrections."),
            example="/风险 版本",
            handler=family.list,
        ),
        Command(
            path=("风险", "回退"),
            aliases=(("risk", "rollback"),),
            parameters=(number, concern),
            role=Role.ADMIN,
            plan=family.plan_roll_back,
            help=_("Uses an earlier version of a scorer, 0 = the shipped one; what was taught since is dropped."),
            example="/风险 回退 2",
            handler=family.roll_back,
        ),
        Command(
            path=("风险", "撤回教学"),
            aliases=(("risk", "unlearn"),),
            parameters=(number,),
            role=Role.OPERATOR,
            help=_("Forgets a correction as if it had never been."),
            example="/风险 撤回教学 12",
            handler=family.take_back,
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Quoted:
    """A quoted message. `message_id`: by which a correction on it is known."""

    message_id: str
    text: str


async def teach_quoted(services: Services, call: Call, concern: Concern, *, is_hit: bool) -> Answer:
    """Teach what a person says of the message that they quote. Raises GroupbotError."""
    quoted = await _quoted(services, call)
    lesson = Lesson(
        concern=concern,
        is_hit=is_hit,
        text=quoted.text,
        message_id=quoted.message_id,
        by=call.actor.name,
        at=services.clock.now(),
        way="quote",
    )
    return Answer(text=await services.risk.teaching.learn(lesson) or _("Noted."))


async def _quoted(services: Services, call: Call) -> _Quoted:
    account = call.event.account
    words = quoted_words(call.event.text)
    number = await services.cards.meant(call.place, None, call.quoted, words) if call.quoted or words else None
    if number is not None:
        raise GroupbotError(
            _("That is a question of mine."), hint=_("Answer it with #{n} and a digit.").format(n=number)
        )
    if call.quoted and (said := await services.risk.heard(account, call.quoted)) is not None and said.text:
        if said.group:
            call.require([said.group])
        return _Quoted(message_id=f"{account}/{call.quoted}", text=said.text)
    if words:
        name, sign, rest = words.replace("：", ":", 1).partition(":")
        text = rest.strip() if sign and len(name) <= _NAME else words
        return _Quoted(message_id=f"{account}/{call.event.message_id}", text=text)
    raise GroupbotError(_("Quote the message that you mean."), hint=_("Only words can be taught, no pictures."))


class _Teaching:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def missed(self, call: Call) -> Answer:
        return await teach_quoted(self._services, call, _concern(call), is_hit=True)

    async def list(self, call: Call) -> Answer:  # noqa: ARG002 - the shape of a handler
        taught = await self._services.risk.teaching.taught()
        zone = self._services.zone
        lines = [_version(one, zone) for one in taught.versions] or [_("The shipped scorers are used.")]
        lines += [_lesson(one, zone) for one in taught.lessons] or [_("Nobody has corrected them yet.")]
        return Answer(text=page(lines))

    async def plan_roll_back(self, call: Call) -> Plan:
        number, concern = call.get("number", int), _concern(call)
        text = _("Uses version {n} for {kind}; what was taught since is dropped.")
        return Plan(text=text.format(n=number, kind=concern_word(concern)), reach=frozenset({f"{concern}/{number}"}))

    async def roll_back(self, call: Call) -> Answer:
        number, concern = call.get("number", int), _concern(call)
        await self._services.risk.teaching.roll_back(concern, number, by=call.actor.name)
        return Answer(text=_("{kind}: version {n} from now on.").format(kind=concern_word(concern), n=number))

    async def take_back(self, call: Call) -> Answer:
        line = await self._services.risk.teaching.take_back(call.get("number", int), by=call.actor.name)
        return Answer(text=_("Forgotten: {line}").format(line=_lesson(line, self._services.zone)))


def _concern(call: Call) -> Concern:
    word = call.find("concern", str)
    return CONCERNS[word] if word else Concern.ADS


def _version(one: VersionLine, zone: ZoneInfo) -> str:
    fate = _("refused by the guard set") if not one.promoted else _("in use") if one.is_used else ""
    when = one.made_at.astimezone(zone)
    head = _("{kind}: version {n}").format(kind=concern_word(one.concern), n=one.number)
    return " · ".join(filter(None, (head, f"{when:%m-%d %H:%M}", fate)))


def _lesson(one: LessonLine, zone: ZoneInfo) -> str:
    said = concern_word(one.concern) if one.is_hit else _("no {kind}").format(kind=concern_word(one.concern))
    taken = _("taken back") if one.undone else ""
    return " · ".join(filter(None, (f"{one.number}", f"{one.at.astimezone(zone):%m-%d %H:%M}", one.by, said, taken)))
