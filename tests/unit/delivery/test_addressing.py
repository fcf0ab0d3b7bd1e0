"""Our own accounts in posts: their ids are put in at the moment of sending, or their names."""

from __future__ import annotations

from dataclasses import replace

from groupbot.core.content import EVERYBODY, ContactCard, Content, Part, Text, fingerprint
from groupbot.core.policies import Policies
from groupbot.delivery.addressing import LOOK_AGAIN, addressed, awaited
from groupbot.delivery.dispatcher import Hooks
from groupbot.delivery.values import Candidate, NewDelivery, State
from tests.contract.ledger.conftest import T0, at, delivery
from tests.unit.delivery.bench import Bench
from tests.unit.delivery.candidates import candidate

IDS = {"main": "wxid_main"}
HELLO = Text(text="hi", mentions=("@account:helper", EVERYBODY, "@account:main", "wxid_1"))
CARD = ContactCard(contact="@account:helper")


def saying(*contents: Content, next_part: int = 0) -> Candidate:
    return replace(candidate(), parts=tuple(Part(content=content) for content in contents), next_part=next_part)


def posting(*contents: Content) -> NewDelivery:
    return replace(delivery(), parts=tuple(Part(content=content) for content in contents))


def test_known_accounts_are_ids_and_others_are_named_in_the_words():
    put = addressed(saying(HELLO), IDS.get).part.content
    assert put == Text(text="@helper hi", mentions=(EVERYBODY, "wxid_main", "wxid_1"))


def test_only_the_next_part_is_touched_and_nothing_without_a_mark():
    two = saying(HELLO, HELLO, next_part=1)
    put = addressed(two, IDS.get)
    assert (put.parts[0], put.parts[1].content != HELLO) == (two.parts[0], True)
    plain = saying(Text(text="@account:main", mentions=("wxid_1",)))
    assert addressed(plain, IDS.get) is plain


def test_a_card_waits_for_its_account():
    waiting = addressed(saying(CARD), IDS.get)
    assert (waiting.part.content, awaited(waiting)) == (CARD, "helper")
    known = addressed(saying(CARD), {"helper": "wxid_h"}.get)
    assert (known.part.content, awaited(known)) == (ContactCard(contact="wxid_h"), None)


async def test_what_is_posted_claimed_and_told_has_the_ids() -> None:
    told: list[Content] = []

    async def posted(sent, _receipt, _at) -> None:
        told.append(sent.part.content)

    bench = Bench(hooks=Hooks(own_id=IDS.get, posted=posted))
    await bench.open(posting(HELLO))
    await bench.run(at(1))
    [post] = bench.main.posts
    assert post.content == Text(text="@helper hi", mentions=(EVERYBODY, "wxid_main", "wxid_1"))
    assert told == [post.content]
    assert [stored.fingerprint for stored in bench.store.posts] == [fingerprint(post.content)]


async def test_a_card_is_posted_once_its_account_has_logged_in() -> None:
    ids: dict[str, str] = {}
    bench = Bench(hooks=Hooks(own_id=ids.get))
    await bench.open(posting(CARD))
    await bench.run(at(2))
    assert (bench.main.attempts, (await bench.view()).state) == (0, State.PLANNED)
    ids["helper"] = "wxid_h"
    await bench.run(at(2) + LOOK_AGAIN)
    assert (bench.main.attempts, (await bench.view()).state) == (1, State.SENT)


async def test_a_card_of_an_account_that_never_comes_meets_the_late_policy() -> None:
    bench = Bench()
    await bench.open(replace(posting(CARD), policies=Policies()))
    await bench.run(T0 + Policies().grace + 2 * LOOK_AGAIN)
    assert (bench.main.attempts, (await bench.view()).state) == (0, State.SKIPPED)
