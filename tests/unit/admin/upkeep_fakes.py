"""Config, groups, members, accounts and plugins in memory, for the families that look after them."""

from __future__ import annotations

from dataclasses import replace

from groupbot.admin.members import MemberNote, MemberView, NoteKind, Seat
from groupbot.admin.upkeep import PluginLine, Trait, UnboundChat
from groupbot.chat.directory import Directory
from groupbot.errors import CampaignError, ConfigError
from groupbot.settings.editing import AddPerson, AddSquad, LeadSquad
from groupbot.testing.events import NOON


class Config:
    """Changes are noted; people and squads that they add are there at once, if they hold."""

    def __init__(self, chat, settings):
        self._chat = chat
        self.in_force = settings
        self.changes = []
        self.holds = True

    async def change(self, *changes):
        self.changes += changes
        raw = self.in_force.model_dump(by_alias=True, exclude_unset=True)
        for change in changes if self.holds else ():
            match change:
                case AddPerson(name=name, role=role):
                    raw["people"] = [*raw["people"], {"name": name, "role": role}]
                case AddSquad(name=name):
                    raw["squads"] = [*raw["squads"], {"name": name}]
                case LeadSquad(name=name, leader=leader):
                    raw["squads"] = [
                        squad | {"leader": leader} if squad["name"] == name else squad for squad in raw["squads"]
                    ]
        self.in_force = type(self.in_force).model_validate(raw)
        self._chat.room.adopt(self.in_force)
        return self.holds


class Chats:
    def __init__(self):
        self.found = [
            UnboundChat(number=11111, account="main", id="g-7", topic="Yoga, May/June", members=30),
            UnboundChat(number=22222, account="main", id="g-8", topic="", members=3),
            UnboundChat(number=22222, account="spare", id="g-9", topic="Tea", members=4),
        ]
        self.running = {"camp-1": ("c1",)}

    async def unbound(self):
        return self.found

    async def campaigns_in(self, group):
        return self.running.get(group, ())

    async def require_idle(self, group):
        if group in self.running:
            raise CampaignError("c1 still posts there")


class Members:
    """Ann is in an eastern group, Annie in a western one."""

    def __init__(self):
        self.people = {
            "wx1": MemberView(id="wx1", names=("Ann",), seats=(Seat(group="camp-1", since=NOON, messages=2),)),
            "wx2": MemberView(
                id="wx2", names=("Annie", "An"), seats=(Seat(group="camp-2", since=NOON, inviter="Bob"),)
            ),
        }
        self.forgotten = []

    async def find(self, word, groups=None):
        seen = [
            one for one in self.people.values() if groups is None or any(seat.group in groups for seat in one.seats)
        ]
        exact = [one for one in seen if word in {one.id, *one.names}]
        return exact or [one for one in seen if any(word in name for name in one.names)]

    async def tag(self, member, *, add, remove, by):
        kept = [note for note in self.people[member].notes if note.value not in {*add, *remove}]
        self._keep(member, (*kept, *(self._made(NoteKind.TAG, tag, by) for tag in add)))

    async def trust(self, member, level, *, by):
        kept = [note for note in self.people[member].notes if note.kind is not NoteKind.TRUST]
        self._keep(member, (*kept, *([self._made(NoteKind.TRUST, level.value, by)] if level else [])))

    async def note(self, member, text, *, by):
        self._keep(member, (*self.people[member].notes, self._made(NoteKind.NOTE, text, by)))

    async def forget(self, member):
        self.forgotten.append(member)
        return {"message": 2, "seats": 1} if member in self.people else {}

    def _keep(self, member, notes):
        self.people[member] = replace(self.people[member], notes=tuple(notes))

    def _made(self, kind, value, by):
        return MemberNote(kind=kind, value=value, by=by, at=NOON)


class Accounts:
    def __init__(self):
        self.done = []

    async def pause(self, account, reason):
        self.done.append((account, reason))

    async def resume(self, account):
        self.done.append((account, ""))

    async def persona(self, account):
        if account != "main":
            raise ConfigError("declares no persona")
        return [Trait(name="name", declared="Coach", shown="Bot", verdict="differs")]


class Plugins:
    def __init__(self):
        self.lines = {
            "shield": PluginLine(name="shield", state="running", guards=("shield/ads",)),
            "hello": PluginLine(name="hello", state="quarantined", resting=("every hour",)),
        }
        self.passing = []
        self.done = []

    def list(self):
        return list(self.lines.values())

    def exempt(self):
        return self.passing

    async def disable(self, name, by):
        self.done.append(("disable", name, by))
        return replace(self.lines[name], state="disabled")

    async def enable(self, name, by):
        self.done.append(("enable", name, by))
        return replace(self.lines[name], state="running", resting=())

    async def reload(self, name, by):
        self.done.append(("reload", name, by))
        return self.lines[name]

    async def override(self, exempt, by):
        self.passing.append(exempt)
        self.done.append(("override", exempt.guard, by))

    async def end_override(self, guard, by):
        count = len(self.passing)
        self.passing = [one for one in self.passing if one.guard != guard]
        return count - len(self.passing)


def furnished(chat, settings):
    """Give the room of `chat` everything that is here; return it."""
    made = {
        "config": Config(chat, settings),
        "chats": Chats(),
        "members": Members(),
        "account_desk": Accounts(),
        "plugins": Plugins(),
    }
    for name, service in made.items():
        object.__setattr__(chat.room.services, name, service)
        setattr(chat, name, service)
    assert isinstance(chat.room.services.directory, Directory)
    return chat
