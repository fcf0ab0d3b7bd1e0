"""/成员: one member of the customers' groups: where they are, and what colleagues noted about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.phone import moment, page
from groupbot.admin.families.targets import visible
from groupbot.admin.members import MemberView, NoSuchMember, NoteKind, Seat, Trust
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.i18n import _, joined, ngettext

_TRUSTED, _USUAL, _WATCHED = "信任", "普通", "留意"
_LEVELS = {_TRUSTED: Trust.TRUSTED, _USUAL: None, _WATCHED: Trust.WATCHED}
_SEATS = 8
_NOTES = 5
_OFFERED = 6


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Folk(services)
    member = Parameter(name="member", label=_("@member, name or id"), kind=Kind.MEMBER)
    level = Parameter(
        name="level",
        label=_("how far"),
        kind=Kind.CHOICE,
        choices=((_TRUSTED, "trusted", "是"), (_USUAL, "usual", "否"), (_WATCHED, "watched")),
    )
    return (
        Command(
            path=("成员", "查"),
            aliases=(("member", "show"),),
            parameters=(member,),
            role=Role.STAFF,
            changes=False,
            help=_("Shows a member's groups, who invited them, their messages, and notes."),
            example="/成员 查 Ann",
            handler=family.show,
        ),
        Command(
            path=("成员", "标签"),
            aliases=(("member", "tag"),),
            parameters=(member, Parameter(name="tags", label=_("+tag -tag"), many=True)),
            role=Role.LEADER,
            help=_("Gives a member tags and takes some away."),
            example="/成员 标签 Ann +vip -new",
            handler=family.tag,
        ),
        Command(
            path=("成员", "信任"),
            aliases=(("member", "trust"),),
            parameters=(member, level),
            role=Role.OPERATOR,
            help=_("Says how far a member is trusted."),
            example="/成员 信任 Ann 信任",
            handler=family.trust,
        ),
        Command(
            path=("成员", "备注"),
            aliases=(("member", "note"),),
            parameters=(member, Parameter(name="text", label=_("note"), kind=Kind.REST)),
            role=Role.LEADER,
            help=_("Adds a note for colleagues."),
            example="/成员 备注 Ann 想报下一期",
            handler=family.note,
        ),
        Command(
            path=("成员", "忘记"),
            aliases=(("member", "forget"),),
            parameters=(Parameter(name="member", label=_("@member, name or id"), kind=Kind.MEMBER, secret=True),),
            role=Role.ADMIN,
            plan=family.plan_forget,
            help=_("Takes a member's id, name and words out of all records; counts stay."),
            example="/成员 忘记 Ann",
            handler=family.forget,
        ),
    )


class _Folk:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def show(self, call: Call) -> Answer:
        found = await self._found(call)
        if len(found) == 1:
            return Answer(text="\n".join(_told(found[0], self._services.zone)))
        lines = [_("{n} are called so:").format(n=len(found)), *map(_short, found)]
        options = tuple(
            Option(label=one.names[0] if one.names else one.id, line=f'/成员 查 "{one.id}"') for one in found[:_OFFERED]
        )
        return Answer(text=page(lines), options=options)

    async def tag(self, call: Call) -> Answer:
        one, words = await self._one(call), call.get("tags", tuple)
        remove = {word[1:] for word in words if word.startswith("-")} - {""}
        add = {word.removeprefix("+") for word in words if not word.startswith("-")} - {""}
        await self._services.members.tag(one.id, add=sorted(add - remove), remove=sorted(remove), by=call.actor.name)
        return await self._again(call, one)

    async def trust(self, call: Call) -> Answer:
        one = await self._one(call)
        await self._services.members.trust(one.id, _LEVELS[call.get("level", str)], by=call.actor.name)
        return await self._again(call, one)

    async def note(self, call: Call) -> Answer:
        one = await self._one(call)
        await self._services.members.note(one.id, call.get("text", str), by=call.actor.name)
        return await self._again(call, one)

    async def plan_forget(self, call: Call) -> Plan:
        member = await self._to_forget(call)
        found = await self._services.members.find(member)
        seats = [seat for one in found for seat in one.seats]
        text = _(
            "Takes {member} out of everything: {groups} groups, {messages} messages, notes, orders, the audit. Counts "
            "stay, words and names don't; this can't be undone."
        ).format(
            member=_name(found[0]) if found else member, groups=len(seats), messages=sum(s.messages for s in seats)
        )
        return Plan(text=text, reach=frozenset({member}))

    async def forget(self, call: Call) -> Answer:
        rows = await self._services.members.forget(await self._to_forget(call))
        count = sum(rows.values())
        if not count:
            return Answer(text=_("Nothing is recorded of them."))
        text = ngettext("Forgotten: {n} record was changed.", "Forgotten: {n} records were changed.", count)
        return Answer(text=text.format(n=count))

    async def _found(self, call: Call) -> Sequence[MemberView]:
        """Return whom the call means among the groups that the person may see. Raises NoSuchMember."""
        word = call.get("member", str)
        found = await self._services.members.find(word, visible(call, self._services))
        if not found:
            raise NoSuchMember(
                _("Nobody in your groups is called {name}.").format(name=word),
                hint=_("Where a platform gives new ids at each login, members can't be told apart."),
            )
        return found

    async def _one(self, call: Call) -> MemberView:
        found = await self._found(call)
        if len(found) > 1:
            raise _several(call.get("member", str))
        return found[0]

    async def _to_forget(self, call: Call) -> str:
        """Return the id of whom to forget: somebody who left every group is still meant by their id."""
        word = call.get("member", str)
        found = await self._services.members.find(word)
        if len(found) > 1:
            raise _several(word)
        if not found and word in self._named():
            raise NoSuchMember(
                _("{name} is a name of config.toml, no member's id.").format(name=word),
                hint=_("/成员 查 shows the ids of members."),
            )
        return found[0].id if found else word

    def _named(self) -> frozenset[str]:
        """Return the names of config.toml: forgetting one would tear what is recorded under it."""
        settings = self._services.config.in_force
        blocks = (*settings.people, *settings.groups, *settings.accounts, *settings.squads)
        return frozenset(block.name for block in blocks)

    async def _again(self, call: Call, one: MemberView) -> Answer:
        found = await self._services.members.find(one.id, visible(call, self._services))
        return Answer(text="\n".join(_noted(found[0], self._services.zone)) if found else one.id)


def _several(word: str) -> NoSuchMember:
    return NoSuchMember(
        _("Several are called {name}.").format(name=word), hint=_("/成员 查 shows their ids; write the id.")
    )


def _name(one: MemberView) -> str:
    return f"{' / '.join(one.names)} ({one.id})" if one.names else one.id


def _short(one: MemberView) -> str:
    return f"{_name(one)} · {joined(seat.group for seat in one.seats[:3])}"


def _told(one: MemberView, zone: ZoneInfo) -> Iterator[str]:
    yield _name(one)
    yield from page((_seat(seat, zone) for seat in one.seats), _SEATS).splitlines()
    yield from list(_noted(one, zone))[1:]


def _seat(seat: Seat, zone: ZoneInfo) -> str:
    since = moment(seat.since, zone)
    words = [_("since {at} or before").format(at=since) if seat.found_late else _("since {at}").format(at=since)]
    if seat.left_at:
        words.append(_("left {at}").format(at=moment(seat.left_at, zone)))
    if seat.inviter:
        words.append(_("invited by {name}").format(name=seat.inviter))
    words.append(ngettext("{n} message", "{n} messages", seat.messages).format(n=seat.messages))
    return f"{seat.group}: {joined(words)}"


def _noted(one: MemberView, zone: ZoneInfo) -> Iterator[str]:
    """Yield the name and what is noted, the newest notes last."""
    yield _name(one)
    if one.trust is not None:
        yield {Trust.TRUSTED: _("trusted"), Trust.WATCHED: _("to be watched")}[one.trust]
    if one.tags:
        yield " ".join(f"#{tag}" for tag in one.tags)
    notes = [note for note in one.notes if note.kind is NoteKind.NOTE]
    if len(notes) > _NOTES:
        yield _("…{n} more").format(n=len(notes) - _NOTES)
    yield from (f"{moment(note.at, zone)} {note.by}: {note.value}" for note in notes[-_NOTES:])
