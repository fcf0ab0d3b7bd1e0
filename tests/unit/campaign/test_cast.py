"""Roles that a plan names become accounts at launch, or their titles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groupbot.core.content import EVERYBODY, ContactCard, Content, Part, Text
from groupbot.testing import MemoryCampaigns
from tests.unit.campaign.test_launch import codes, go, plan, refused, step

HELLO = Text(text="hi", mentions=("@role:host", EVERYBODY, "@role:guide", "wxid_1"))


def naming(*contents: Content, name: str = "s1"):
    made = plan(replace(step(name), parts=tuple(Part(content=content) for content in contents)))
    return replace(made, roles={"host": "班主任", "guide": ""})


@pytest.fixture
def campaigns() -> MemoryCampaigns:
    return MemoryCampaigns()


def posted(campaigns: MemoryCampaigns) -> list[Content]:
    [row] = campaigns.store.rows.values()
    return [part.content for part in row.plan.parts]


async def test_a_role_with_an_account_is_the_account(campaigns):
    launched = await go(campaigns, naming(HELLO), roles={"host": "main", "guide": "helper"})
    assert (launched.ok, codes(launched)) == (True, [])
    assert posted(campaigns) == [replace(HELLO, mentions=("@account:main", EVERYBODY, "@account:helper", "wxid_1"))]


async def test_a_role_without_an_account_stands_in_the_words_and_is_told_once_a_step(campaigns):
    launched = await go(campaigns, naming(HELLO, HELLO), roles={"host": "main"})
    assert codes(launched) == [("warning", "mention-without-account")]
    assert "guide" in launched.problems[0].message
    assert "--role guide=" in launched.problems[0].hint
    assert posted(campaigns)[0] == Text(text="@guide hi", mentions=("@account:main", EVERYBODY, "wxid_1"))


async def test_the_title_is_what_members_read(campaigns):
    await go(campaigns, naming(Text(text="问她", mentions=("@role:host",))))
    assert posted(campaigns) == [Text(text="@班主任 问她")]


async def test_a_card_of_a_role_without_an_account_is_refused(campaigns):
    launched = await go(campaigns, naming(ContactCard(contact="@role:host")))
    problem = await refused(campaigns, launched, "card-without-account")
    assert "班主任" in problem.message


async def test_a_card_of_a_role_with_an_account(campaigns):
    assert (await go(campaigns, naming(ContactCard(contact="@role:host")), roles={"host": "helper"})).ok
    assert posted(campaigns) == [ContactCard(contact="@account:helper")]


async def test_a_role_that_is_only_named_may_be_mapped(campaigns):
    launched = await go(campaigns, naming(HELLO), roles={"host": "main", "guide": "main", "hots": "main"})
    problem = await refused(campaigns, launched, "unknown-role")
    assert "guide, host" in problem.hint
