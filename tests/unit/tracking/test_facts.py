from dataclasses import replace

import pytest

from groupbot.chat.directory import Directory, Group
from groupbot.core.events import AccountState, AccountStateChanged, Person, TopicChanged
from groupbot.testing.events import NOON, joined, left, message, own_post, roster
from groupbot.tracking.facts import FactKind, facts_of, narrowed

GROUPS = Directory([Group(name="camp-1", account="main", ids={"main": "r1"})])


def one(event, **more):
    (fact,) = facts_of(event, GROUPS, **more)
    return fact


def test_a_message_keeps_its_words_and_gets_the_groups_name():
    fact = one(message("m1", text="多少钱？\n在吗"))
    assert (fact.kind, fact.group, fact.member, fact.text) == (FactKind.MESSAGE, "camp-1", "ann", "多少钱？\n在吗")
    assert fact.key == ("main", "m1", "ann")


def test_a_group_that_is_not_configured_goes_by_its_id():
    assert one(message(group="r77")).group == "r77"


def test_a_private_message_has_no_group():
    assert one(message(group=None)).group is None


def test_an_own_post_keeps_its_fingerprint():
    event = own_post("o1", group=None)
    fact = one(event)
    assert (fact.kind, fact.fingerprint, fact.member) == (FactKind.OWN_POST, event.fingerprint, "ann")


def test_everybody_who_came_is_a_fact():
    facts = facts_of(joined("j1", "ann", "bob", inviter="cat", found_late=True), GROUPS)
    assert [(fact.member, fact.name, fact.actor, fact.found_late) for fact in facts] == [
        ("ann", "ANN", "cat", True),
        ("bob", "BOB", "cat", True),
    ]


def test_who_removed_a_member_is_kept():
    assert one(replace(left("l1", "ann"), by=Person(id="boss"))).actor == "boss"


@pytest.mark.parametrize("event", [joined("j1", "bot"), left("l1", "bot"), message(sender="bot")])
def test_our_own_accounts_are_nobodys_members(event):
    assert facts_of(event, GROUPS, ours={"bot"}) == ()
    assert len(facts_of(event, GROUPS)) == 1


def test_a_new_topic_and_an_account_state_are_facts():
    renamed = TopicChanged(account="main", event_id="t1", at=NOON, group="r1", topic="Camp 2", by=Person(id="ann"))
    assert (one(renamed).text, one(renamed).actor, one(renamed).member) == ("Camp 2", "ann", "")
    limited = AccountStateChanged(account="main", event_id="a1", at=NOON, state=AccountState.LIMITED, detail="操作频繁")
    assert (one(limited).kind, one(limited).extra) == (FactKind.ACCOUNT, {"state": "limited"})


def test_a_login_code_is_not_kept():
    waiting = AccountStateChanged(
        account="main", event_id="a1", at=NOON, state=AccountState.LOGIN_NEEDED, detail="qr-payload"
    )
    assert "qr-payload" not in repr(one(waiting))


def test_a_member_list_is_no_fact():
    assert facts_of(roster("r1", "ann"), GROUPS) == ()


def test_what_a_database_cannot_hold_is_made_to_fit():
    fact = one(replace(message("x" * 500, text="a\0b\ud800"), sender=Person(id="ann", name="長" * 300)))
    assert fact.text == "ab?"
    assert fact.name == "長" * 128
    assert len(fact.event_id) <= 190
    assert fact.event_id != one(message("x" * 501)).event_id


def test_an_event_is_narrowed_to_the_members_who_are_news():
    event = joined("j1", "ann", "bot", "bob")
    told = facts_of(event, GROUPS, ours={"bot"})
    assert narrowed(event, told, told) is event
    assert [person.id for person in narrowed(event, told, told[1:]).members] == ["bot", "bob"]
    said = message("m1")
    assert narrowed(said, facts_of(said, GROUPS), ()) is said
