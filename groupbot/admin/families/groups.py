"""/群: which groups there are, and what config.toml says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.phone import page
from groupbot.admin.families.targets import visible
from groupbot.admin.families.written import told
from groupbot.admin.folding import alike
from groupbot.admin.services import Services
from groupbot.admin.upkeep import UnboundChat
from groupbot.chat.directory import Group
from groupbot.core.roles import Role
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined
from groupbot.settings.editing import BindGroup, MoveGroup, RenameGroup, TagGroup, UnbindGroup

_OFFERED = 5
"""Unnamed groups that are offered to be named as they are called: a line each on a phone."""
_NONE = frozenset({"无", "-", "none"})
_UNFIT = str.maketrans(dict.fromkeys(",/\n\"'", " "))
"""Signs of a chat's name that a name in config.toml, or a typed word, can't have."""


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Groups(services)
    group = Parameter(name="group", label=_("group"), kind=Kind.GROUP)
    name = Parameter(name="name", label=_("name"))
    return (
        Command(
            path=("群", "列表"),
            aliases=(("group", "list"),),
            parameters=(Parameter(name="of", label=_("squad or tag"), optional=True),),
            role=Role.STAFF,
            changes=False,
            help=_("Lists the groups with squad and tags."),
            example="/群 列表 east",
            handler=family.list,
        ),
        Command(
            path=("群", "待绑定"),
            aliases=(("group", "unbound"),),
            role=Role.OPERATOR,
            changes=False,
            help=_("Lists the groups that accounts are in and that have no name here, with numbers."),
            example="/群 待绑定",
            handler=family.unbound,
        ),
        Command(
            path=("群", "绑定"),
            aliases=(("group", "bind"),),
            parameters=(
                Parameter(name="number", label=_("number")),
                name,
                Parameter(name="squad", label=_("squad"), kind=Kind.SQUAD, words=("分组", "squad")),
            ),
            role=Role.OPERATOR,
            help=_("Names a group of /群 待绑定, so that SOPs can post there."),
            example="/群 绑定 48213 camp-3 分组=east",
            handler=family.bind,
        ),
        Command(
            path=("群", "改名"),
            aliases=(("group", "rename"),),
            parameters=(group, name),
            role=Role.OPERATOR,
            plan=family.plan_rename,
            help=_("Gives a group another name here; the chat itself keeps its own."),
            example="/群 改名 camp-1 camp-9",
            handler=family.rename,
        ),
        Command(
            path=("群", "解绑"),
            aliases=(("group", "unbind"),),
            parameters=(group,),
            role=Role.OPERATOR,
            plan=family.plan_unbind,
            help=_("Takes a group out: nothing is posted there any more."),
            example="/群 解绑 camp-1",
            handler=family.unbind,
        ),
        Command(
            path=("群", "标签"),
            aliases=(("group", "tag"),),
            parameters=(group, Parameter(name="tags", label=_("+tag -tag"), many=True)),
            role=Role.LEADER,
            help=_("Gives a group tags and takes some away."),
            example="/群 标签 camp-1 +vip -new",
            handler=family.tag,
        ),
        Command(
            path=("群", "分组"),
            aliases=(("group", "squad"),),
            parameters=(group, Parameter(name="squad", label=_("squad or 无"))),
            role=Role.OPERATOR,
            help=_("Puts a group into a squad, or, with 无, into none."),
            example="/群 分组 camp-1 west",
            handler=family.move,
        ),
    )


class _Groups:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        seen, word = visible(call, self._services), alike(call.find("of", str) or "")
        known = [group for group in self._services.directory.groups if seen is None or group.name in seen]
        found = [group for group in known if not word or word in map(alike, (group.squad, *group.tags))]
        if not found:
            return Answer(text=_("There is no such group."))
        more = (Option(label=_("Not named yet"), line="/群 待绑定"),) if call.actor.role >= Role.OPERATOR else ()
        return Answer(text=page(map(_line, found)), options=more)

    async def unbound(self, _call: Call) -> Answer:
        found = await self._services.chats.unbound()
        if not found:
            return Answer(text=_("Every group that an account is in has a name here."))
        text = page((_("{number} {topic} ({n} members, {account})").format(
            number=chat.number, topic=chat.topic or chat.id, n=chat.members, account=chat.account
        ) for chat in found), 15)  # fmt: skip
        options = tuple(
            Option(label=_("Call it {name}").format(name=name), line=f'/群 绑定 {chat.number} "{name}"')
            for chat, name in self._offered(found)
        )
        return Answer(text=f"{text}\n" + _("Name one: /群 绑定 number name"), options=options)

    async def bind(self, call: Call) -> Answer:
        chat = await self._meant(call.get("number", str))
        name, squad = call.get("name", str), call.find("squad", str) or ""
        change = BindGroup(name=name, account=chat.account, id=chat.id, squad=squad)
        holds = await self._services.config.change(change)
        text = _("{topic} is called {name} here; {account} posts there.")
        said = text.format(topic=chat.topic or chat.id, name=name, account=chat.account)
        more = Option(label=_("The others"), line="/群 待绑定")
        return Answer(text=told(said, holds=holds), options=(more,))

    async def plan_rename(self, call: Call) -> Plan:
        group, name = call.get("group", str), call.get("name", str)
        await self._services.chats.require_idle(group)
        text = _("{group} is to be called {name}. What was recorded and reported so far stays under the old name.")
        return Plan(text=text.format(group=group, name=name), reach=frozenset({group}))

    async def rename(self, call: Call) -> Answer:
        group, name = call.get("group", str), call.get("name", str)
        await self._services.chats.require_idle(group)
        holds = await self._services.config.change(RenameGroup(name=group, to=name))
        return Answer(text=told(_("{group} is called {name} now.").format(group=group, name=name), holds=holds))

    async def plan_unbind(self, call: Call) -> Plan:
        group = call.get("group", str)
        campaigns = await self._services.chats.campaigns_in(group)
        text = _("Nothing is posted to {group} any more.").format(group=group)
        if campaigns:
            text += " " + _("What {campaigns} still had to post there is not posted.").format(
                campaigns=joined(campaigns)
            )
        return Plan(text=text, reach=frozenset({group, *campaigns}))

    async def unbind(self, call: Call) -> Answer:
        group = call.get("group", str)
        holds = await self._services.config.change(UnbindGroup(name=group))
        return Answer(text=told(_("{group} is taken out.").format(group=group), holds=holds))

    async def tag(self, call: Call) -> Answer:
        group = self._group(call)
        call.require([group.name])
        words = call.get("tags", tuple)
        remove = {word[1:] for word in words if word.startswith("-")}
        add = {word.removeprefix("+") for word in words if not word.startswith("-")}
        tags = tuple(sorted(((group.tags | add) - remove) - {""}))
        holds = await self._services.config.change(TagGroup(name=group.name, tags=tags))
        return Answer(text=told(f"{group.name} {_tags(tags)}".rstrip(), holds=holds))

    async def move(self, call: Call) -> Answer:
        group, squad = self._group(call), self._squad(call.get("squad", str))
        holds = await self._services.config.change(MoveGroup(name=group.name, squad=squad))
        text = _("{group} belongs to {squad} now.") if squad else _("{group} belongs to no squad now.")
        return Answer(text=told(text.format(group=group.name, squad=squad), holds=holds))

    async def _meant(self, number: str) -> UnboundChat:
        """Return the chat of that number, or of that id on the platform."""
        found = [
            chat for chat in await self._services.chats.unbound() if number.lstrip("#") in {f"{chat.number}", chat.id}
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise CampaignError(
                _("Several groups have the number {number}.").format(number=number),
                hint=_("Write one of these in its place: {ids}").format(ids=joined(chat.id for chat in found)),
            )
        raise CampaignError(
            _("No group without a name has the number {number}.").format(number=number),
            hint=_("/群 待绑定 lists them."),
        )

    def _offered(self, found: Sequence[UnboundChat]) -> Iterator[tuple[UnboundChat, str]]:
        """Yield the first few chats with the name that they would get."""
        taken = {group.name for group in self._services.directory.groups}
        for chat in found[:_OFFERED]:
            name = " ".join(chat.topic.translate(_UNFIT).split())
            if name and name not in taken:
                taken.add(name)
                yield chat, name

    def _group(self, call: Call) -> Group:
        found = self._services.directory.get(call.get("group", str))
        if found is None:  # taken out since it was typed
            raise CampaignError(_("There is no such group."))
        return found

    def _squad(self, word: str) -> str:
        """Return the squad that `word` names, "" for none. Raises CampaignError."""
        if alike(word) in _NONE:
            return ""
        known = dict.fromkeys(
            (*self._services.places.squads, *(group.squad for group in self._services.directory.groups if group.squad))
        )
        found = next((squad for squad in known if alike(squad) == alike(word)), None)
        if found is None:
            raise CampaignError(
                _("No squad is called {name}.").format(name=word),
                hint=_("There is {names}. A new one: /分组 新建 name").format(names=joined(known) or "—"),
            )
        return found


def _line(group: Group) -> str:
    return " ".join(filter(None, (group.name, group.squad and f"· {group.squad}", _tags(tuple(sorted(group.tags))))))


def _tags(tags: tuple[str, ...]) -> str:
    return " ".join(f"#{tag}" for tag in tags)
