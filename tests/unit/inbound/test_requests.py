"""Who wants in, and what happens to our own accounts: ordered by rule, or told to a person."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest

from groupbot.campaign.new_groups import NewGroups, config_block
from groupbot.campaign.one_off import ONE_OFF, OneOff
from groupbot.chat.adapter import Receipt
from groupbot.chat.alerts import Severity
from groupbot.chat.directory import Directory, Group
from groupbot.core.actions import AcceptFriend, AcceptInvitation, CreateGroup, Rename
from groupbot.core.content import Content, Part
from groupbot.core.events import (
    FriendAdded,
    FriendRequested,
    GroupInvited,
    MembersJoined,
    MembersLeft,
    Person,
    ProfileRead,
)
from groupbot.delivery.values import Candidate
from groupbot.errors import StoreError
from groupbot.inbound.catching_up import catch_up
from groupbot.inbound.friends import FriendStage
from groupbot.inbound.invitations import InvitationStage
from groupbot.inbound.own_changes import OwnMovesStage, Profile, ProfileStage
from groupbot.settings import FriendSettings, InvitationSettings
from groupbot.testing import FakeClock, MemoryOrders, MemoryStore
from groupbot.testing.facts import MemoryFacts
from groupbot.tracking.facts import facts_of
from tests.contract.ledger.conftest import T0
from tests.unit.delivery.bench import Inbox

ANN = Person(id="u-ann", name="Ann")


class World:
    """Stages over one store and one inbox."""

    def __init__(self) -> None:
        self.clock = FakeClock(T0)
        self.store = MemoryStore()
        self.inbox = Inbox()
        self.desk = OneOff(orders=MemoryOrders(self.store), clock=self.clock, timezone="Asia/Shanghai")

    def friends(self, **rule) -> FriendStage:
        return FriendStage(rule=FriendSettings(**rule), desk=self.desk, alerts=self.inbox, clock=self.clock)

    def invitations(self, *, stable: bool = True, **rule) -> InvitationStage:
        return InvitationStage(
            rule=InvitationSettings(**rule), desk=self.desk, alerts=self.inbox, has_stable_ids=lambda _account: stable
        )

    @property
    def ordered(self) -> list[Content]:
        return [row.plan.parts[0].content for row in self.store.of(ONE_OFF)]


@pytest.fixture
def world() -> World:
    return World()


def requested(request_id: str = "q1", greeting: str = "", account: str = "main") -> FriendRequested:
    return FriendRequested(
        account=account, event_id=f"f:{request_id}", at=T0, request_id=request_id, person=ANN, greeting=greeting
    )


def invited(invitation_id: str = "i1", by: Person = ANN) -> GroupInvited:
    return GroupInvited(
        account="main", event_id=f"i:{invitation_id}", at=T0, invitation_id=invitation_id, topic="Tea", inviter=by
    )


class TestFriends:
    async def test_nobody_is_accepted_unasked(self, world: World) -> None:
        await world.friends().handle(requested(greeting="blue"))
        assert world.ordered == []

    @pytest.mark.parametrize("greeting", ["我是 BLUE 群的", "ｂｌｕｅ", "b l u e", "from BLUE please"])
    async def test_a_code_word_in_the_greeting_lets_in(self, world: World, greeting: str) -> None:
        await world.friends(accept="code", codes=("营", "Blue")).handle(requested(greeting=greeting))
        assert world.ordered == [AcceptFriend(request_id="q1")]
        assert world.inbox.alerts == []

    @pytest.mark.parametrize("greeting", ["", "hello", "blu"])
    async def test_other_words_do_not(self, world: World, greeting: str) -> None:
        await world.friends(accept="code", codes=("blue",)).handle(requested(greeting=greeting))
        assert world.ordered == []

    async def test_the_same_request_twice_is_one_order_after_a_restart_too(self, world: World) -> None:
        for _ in range(2):
            stage = world.friends(accept="all")
            await stage.handle(requested())
            await stage.handle(requested())
        await world.friends(accept="all").handle(requested(account="second"))
        assert world.ordered == [AcceptFriend(request_id="q1")] * 2
        assert {row.plan.account for row in world.store.of(ONE_OFF)} == {"main", "second"}

    async def test_ids_of_any_length_make_a_key(self, world: World) -> None:
        stage = world.friends(accept="all")
        for tail in ("a", "b", "a"):
            await stage.handle(requested("x" * 500 + tail))
        assert len(world.ordered) == 2
        assert max(len(row.plan.key) for row in world.store.of(ONE_OFF)) < 255

    async def test_a_flood_of_others_is_told_once_an_hour_with_its_number(self, world: World) -> None:
        stage = world.friends(accept="code", codes=("blue",))
        for number in range(100):
            await stage.handle(requested(f"q{number}", "buy my tea"))
        assert [(alert.severity, alert.code) for alert in world.inbox.alerts] == [(Severity.INFO, "friend-requests")]
        world.clock.set(T0 + timedelta(hours=1))
        await stage.handle(requested("q100"))
        assert "100" in world.inbox.alerts[-1].text
        assert "tea" not in world.inbox.alerts[-1].text

    async def test_a_changed_rule_holds_for_the_next_one(self, world: World) -> None:
        stage = world.friends()
        stage.rule = FriendSettings(accept="all")
        await stage.handle(requested())
        assert len(world.ordered) == 1

    async def test_other_events_pass(self, world: World) -> None:
        added = FriendAdded(account="main", event_id="a", at=T0, person=ANN)
        await world.friends(accept="all").handle(added)
        assert (world.ordered, world.inbox.alerts) == ([], [])

    async def test_a_failing_store_is_told_to_the_pipeline(self, world: World) -> None:
        class Broken:
            async def submit(self, order):
                raise StoreError("full")

        stage = FriendStage(rule=FriendSettings(accept="all"), desk=Broken(), alerts=world.inbox, clock=world.clock)
        with pytest.raises(StoreError):
            await stage.handle(requested())


class TestCatchingUp:
    async def test_what_was_recorded_and_not_ordered_is_ordered_once(self, world: World) -> None:
        facts = MemoryFacts()
        blue = replace(requested("q1", "blue"), person=Person(id="u1"))
        friend = replace(requested("q3", "blue"), person=Person(id="u3"))
        added = FriendAdded(account="main", event_id="a", at=T0, person=Person(id="u3"))
        old = replace(requested("q4", "blue"), person=Person(id="u4"), at=T0 - timedelta(days=8))
        for event in (blue, requested("q2", "hello"), friend, added, old, invited("i1"), invited("i2", by=ANN)):
            await facts.append(facts_of(event, Directory([])), recorded_at=T0)
        friends = world.friends(accept="code", codes=("blue",))
        invitations = world.invitations(accept="from", **{"from": ("u-ann",)})
        await friends.handle(blue)
        for _ in range(2):
            await catch_up(facts, friends, invitations, T0)
        assert world.ordered == [
            AcceptFriend(request_id="q1"),
            AcceptInvitation(invitation_id="i1"),
            AcceptInvitation(invitation_id="i2"),
        ]
        assert world.inbox.alerts == []

    async def test_without_a_rule_nothing_is_looked_at(self, world: World) -> None:
        await catch_up(Unreadable(), world.friends(), world.invitations(), T0)
        assert world.ordered == []


class Unreadable:
    async def find(self, query):
        raise StoreError(f"not to be asked: {query}")


class TestInvitations:
    async def test_those_named_may_invite(self, world: World) -> None:
        stage = world.invitations(accept="from", **{"from": ("u-ann",)})
        await stage.handle(invited())
        await stage.handle(invited())
        assert world.ordered == [AcceptInvitation(invitation_id="i1")]
        await stage.handle(invited("i2", by=Person(id="u-bob", name="Ann")))
        assert len(world.ordered) == 1
        assert world.inbox.codes == ["invitation"]

    async def test_nobody_may_by_default(self, world: World) -> None:
        await world.invitations().handle(invited())
        assert world.ordered == []

    async def test_nobody_is_known_by_an_id_that_changes(self, world: World) -> None:
        await world.invitations(stable=False, accept="from", **{"from": ("u-ann",)}).handle(invited())
        assert world.ordered == []


class Drawer:
    """Profiles in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Profile] = {}

    async def swap_profile(self, account: str, read: Profile) -> Profile | None:
        before, self.kept[account] = self.kept.get(account), read
        return before


def read(name: str = "Li", bio: str | None = "teacher", avatar: str = "aa") -> ProfileRead:
    return ProfileRead(account="main", event_id=f"p:{name}{bio}{avatar}", at=T0, name=name, bio=bio, avatar=avatar)


class TestProfiles:
    async def told(self, *readings: ProfileRead) -> list[str]:
        inbox = Inbox()
        stage = ProfileStage(profiles=Drawer(), alerts=inbox)
        for reading in readings:
            await stage.handle(reading)
        assert {alert.severity for alert in inbox.alerts} <= {Severity.WARNING}
        return [alert.text for alert in inbox.alerts]

    async def test_the_first_reading_and_the_same_again_are_no_news(self) -> None:
        assert await self.told(read(), read()) == []

    async def test_each_thing_that_changed_is_told(self) -> None:
        [name, bio, picture] = await self.told(read(), read("Wang", "singer", "bb"))
        assert "Li" in name
        assert "Wang" in name
        assert "singer" in bio
        assert "main" in picture

    async def test_what_is_not_told_has_not_changed(self) -> None:
        assert await self.told(read(), read("Li", None, "")) == []


class TestOwnMoves:
    def stage(self, world: World) -> OwnMovesStage:
        directory = Directory([Group(name="camp-1", account="main", ids={"main": "r1"})])
        return OwnMovesStage(own_ids={"main": "me"}, directory=directory, alerts=world.inbox)

    async def test_an_account_that_was_removed_is_told_at_once(self, world: World) -> None:
        gone = MembersLeft(account="main", event_id="l1", at=T0, group="r1", members=(Person(id="me"),), by=ANN)
        await self.stage(world).handle(gone)
        [alert] = world.inbox.alerts
        assert (alert.severity, alert.fields["group"]) == (Severity.CRITICAL, "camp-1")
        assert "Ann" in alert.text

    async def test_others_who_leave_and_groups_that_nobody_named_are_not(self, world: World) -> None:
        gone = MembersLeft(account="main", event_id="l1", at=T0, group="r1", members=(ANN,))
        elsewhere = replace(gone, group="r9", members=(Person(id="me"),))
        unknown = replace(gone, account="second", members=(Person(id="me"),))
        for event in (gone, elsewhere, unknown):
            await self.stage(world).handle(event)
        assert world.inbox.alerts == []

    async def test_a_new_group_is_told_with_its_id(self, world: World) -> None:
        joined = MembersJoined(account="main", event_id="j1", at=T0, group="r9", members=(Person(id="me"), ANN))
        await self.stage(world).handle(joined)
        await self.stage(world).handle(replace(joined, group="r1"))
        [alert] = world.inbox.alerts
        assert alert.severity is Severity.INFO
        assert "r9" in alert.text


def candidate(content: Content) -> Candidate:
    store = MemoryStore()
    return Candidate(
        id=1, campaign=ONE_OFF, key="k", step=content.kind, group="", member=None, lane="a:main", account="main",
        due=T0, until=None, not_before=T0, priority=0, parts=(Part(content=content),), next_part=0, attempt=0,
        plan_version=len(store.rows), policies=None,
    )  # fmt: skip


class TestNewGroups:
    MADE = CreateGroup(topic='Tea, "green"', members=("u1",))

    async def test_the_lines_for_config_toml_are_told(self) -> None:
        inbox = Inbox()
        await NewGroups(inbox).posted(candidate(self.MADE), Receipt(message_id="r7@chatroom"), T0)
        [alert] = inbox.alerts
        block = tomllib.loads(alert.text[alert.text.index("[[groups]]") :])
        assert block == {"groups": [{"name": 'Tea  "green"', "account": "main", "id": "r7@chatroom"}]}

    async def test_without_an_id_the_list_of_groups_helps(self) -> None:
        inbox = Inbox()
        await NewGroups(inbox).posted(candidate(self.MADE), Receipt(), T0)
        assert "groupbot groups list" in inbox.alerts[0].text

    async def test_other_posts_pass(self) -> None:
        inbox = Inbox()
        await NewGroups(inbox).posted(candidate(Rename(topic="x")), Receipt(message_id="m"), T0)
        assert inbox.alerts == []

    def test_a_name_that_config_toml_would_refuse_is_made_fit(self) -> None:
        assert tomllib.loads(config_block("a/b", "main", "r1"))["groups"][0]["name"] == "a b"
        assert tomllib.loads(config_block(",", "main", "r1"))["groups"][0]["name"] == "r1"
