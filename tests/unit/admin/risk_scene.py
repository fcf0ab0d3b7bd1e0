"""A room with risk control in it, and members who talk in its customers' groups."""

from dataclasses import replace
from datetime import timedelta

from groupbot.admin.members import MemberView, Seat
from groupbot.chat.capabilities import Capabilities
from groupbot.core.events import MembersJoined, Person
from groupbot.core.findings import Finding
from groupbot.core.roles import Role
from groupbot.inbound.risk import RiskStage
from groupbot.inbound.risk_ports import Around, Judged
from groupbot.risk.expected import ExpectedAnswers
from groupbot.risk.ladder import Concern
from groupbot.settings.risk import RiskSettings
from groupbot.testing.events import NOON

from .conftest import SETTINGS, Chat

OFFER = Finding(rule="model:ads", kind="ads", score=0.99)
REACH = Finding(rule="wechat-id", kind="ads", score=0.6)
CODE = Finding(rule="qr-invite", kind="ads", score=0.7)
COMPLAINT = Finding(rule="keyword:太差了", kind="complaint", score=0.6)
REFUND = Finding(rule="keyword:退钱", kind="refund", score=0.9)
FLOOD = Finding(rule="flood", kind="flood", score=0.8)


class ScriptedJudge:
    """Finds in a message what its words are scripted to hold."""

    def __init__(self):
        self.script = {
            "广告": Judged(scores={Concern.ADS: 0.99}, findings=(OFFER, REACH)),
            "疑似": Judged(scores={Concern.ADS: 0.99}, findings=(OFFER,)),
            "扫码": Judged(scores={Concern.ADS: 0.2}, findings=(CODE,)),
            "太差了": Judged(scores={Concern.NEGATIVE: 0.97}, findings=(COMPLAINT,)),
            "退钱": Judged(scores={Concern.NEGATIVE: 0.2}, findings=(REFUND,)),
            "1": Judged(scores={Concern.FLOOD: 0.8}, findings=(FLOOD,)),
        }
        self.looked = []
        self.seen = []
        self.burst = []

    async def judge(self, message, context):
        self.looked.append(context.looks)
        return self.script.get(message.text, Judged())

    def joined(self, group, members, at):
        self.seen += [(group, member, at) for member in members]
        return self.burst


class Folk:
    """`seats`: member -> the groups where they are; everybody else is nowhere."""

    def __init__(self):
        self.seats = {}

    async def find(self, word, groups=None):
        places = self.seats.get(word)
        if places is None:
            return ()
        return (MemberView(id=word, names=(word.upper(),), seats=tuple(Seat(group=g, since=NOON) for g in places)),)


class Scene:
    """A chat room (`chat`) and the stage before it, in `mode`."""

    def __init__(self, mode="observe", **risk):
        self.chat = Chat()
        self.judge = ScriptedJudge()
        self.folk = Folk()
        self.joined = {}
        self.past_posts, self.past_joins = [], []
        room, fakes = self.chat.room, self.chat.risk
        fakes.rules.adopt(RiskSettings.model_validate({"mode": mode} | risk), SETTINGS.groups)
        room.services.cases.actions.members = self.folk
        self.expected = ExpectedAnswers(lambda: timedelta(seconds=fakes.rules.settings.expected_s))
        self.stage = RiskStage(
            judge=self.judge,
            rules=fakes.rules,
            handling=room.services.cases,
            newcomers=self,
            expected=self.expected,
            past=self,
            directory=room.services.directory,
            around=Around(
                is_ours=lambda account, member: room.people.identify(account, member).role >= Role.STAFF,
                watches=lambda group: group.name.startswith("camp"),
                can=lambda _account: fakes.can,
                standing=fakes.ports.abilities.standing,
            ),
            ours={"u-bot"},
            clock=self.chat.clock,
        )

    async def posted(self, since):
        return [one for one in self.past_posts if one[2] >= since]

    async def joins(self, since):
        return [one for one in self.past_joins if one[2] >= since]

    async def joined_at(self, group, member):
        return self.joined.get((group, member))

    def can(self, *kinds, **more):
        self.chat.risk.can = replace(Capabilities(kinds=frozenset(kinds), stable_ids=True), **more)

    async def say(self, text, *, by="ann", group="g-camp", **more):
        """Let a member say `text`; return whether the stage took it."""
        return await self.stage.handle(self.chat.event(text, by=by, group=group, **more))

    async def join(self, *members, group="g-camp"):
        event = self.chat.event("")
        people = tuple(Person(id=one, name=one.upper()) for one in members)
        await self.stage.handle(
            MembersJoined(account="main", event_id=event.event_id, at=event.at, group=group, members=people)
        )

    def later(self, **length):
        self.chat.clock.advance(timedelta(**length).total_seconds())

    @property
    def done(self):
        """What was ordered in customers' groups, as (kind, group, member or text)."""
        found = []
        for order in self.chat.said.orders:
            if order.group.startswith("camp"):
                content = order.parts[0].content
                what = content.text if content.kind == "text" else ",".join(content.members)
                found.append((content.kind, order.group, what))
        return found

    @property
    def told(self):
        """What was said to operators."""
        return [
            (order.group or order.member, order.parts[0].content.text)
            for order in self.chat.said.orders
            if not order.group.startswith("camp")
        ]

    @property
    def audited(self):
        return [entry.action for entry in self.chat.audit.entries]
