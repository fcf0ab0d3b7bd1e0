"""What the database keeps of accounts: their persona, the groups they saw, and whether they ever posted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from groupbot.chat.capabilities import Standing
from groupbot.core.events import Person, Rank
from groupbot.inbound.own_changes import Profile
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.past_posts import ever_posted
from groupbot.storage.presence import SILENCE, Presence
from groupbot.storage.profiles import SqlProfiles
from groupbot.storage.roster import SqlRoster
from groupbot.storage.seen_groups import SeenGroups
from groupbot.storage.tables import metadata
from groupbot.tracking.roster import Reading, StoredRoster
from tests import postgres
from tests.contract.ledger.conftest import T0


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path}/rows.db")
        async with opened.write() as conn:
            await conn.run_sync(metadata.create_all)
        yield opened
        await opened.close()
        return
    with postgres.shared().schema() as url:
        opened = Database(url)
        async with opened.write() as conn:
            await conn.run_sync(metadata.create_all)
        yield opened
        await opened.close()


async def test_a_profile_is_swapped_and_keeps_what_was_not_told(database: Database) -> None:
    await SqlLedger(database).acquire("main", "me", T0)
    profiles = SqlProfiles(database)
    first = Profile(name="李老师", bio="teacher", avatar="aa")
    assert await profiles.swap_profile("main", first) is None
    assert await profiles.swap_profile("main", Profile(name="Wang")) == first
    assert await profiles.swap_profile("main", first) == Profile(name="Wang", bio="teacher", avatar="aa")


async def test_an_account_that_nobody_opened_has_no_profile(database: Database) -> None:
    profiles = SqlProfiles(database)
    for _ in range(2):
        assert await profiles.swap_profile("other", Profile(name="x")) is None


async def test_the_groups_that_were_seen_are_listed(database: Database) -> None:
    roster = SqlRoster(database)
    for group, rank in (("camp-1", Rank.OWNER), ("r9@chatroom", Rank.MEMBER)):
        members = (Person(id="u1"), Person(id="u2"))
        await roster.apply(
            Reading(account="main", group=group, topic=group.upper(), at=T0, members=members, baseline=True, rank=rank),
            StoredRoster(),
        )
    found = await SeenGroups(database).list()
    assert [(seen.group, seen.topic, seen.standing) for seen in found] == [
        ("camp-1", "CAMP-1", Standing(rank=Rank.OWNER, members=2)),
        ("r9@chatroom", "R9@CHATROOM", Standing(rank=Rank.MEMBER, members=2)),
    ]


async def test_an_account_without_posts_has_never_posted(database: Database) -> None:
    assert await ever_posted(database, ["main", "other"]) == frozenset()
    assert await ever_posted(database, []) == frozenset()


@pytest.mark.parametrize("then", ["released", "taken over", "silent"])
async def test_a_login_code_is_shown_by_no_status_whatever_became_of_the_daemon(database: Database, then: str) -> None:
    ledger, presence = SqlLedger(database), Presence(database)
    owner, _ = await ledger.acquire("main", "me", T0)
    await presence.beat("me", "running", T0, 1, T0)
    await presence.set_account_state("main", "login_needed", "https://login.test/l/Qx7", T0)
    match then:
        case "released":
            await ledger.release(owner, T0)
        case "taken over":
            await ledger.acquire("main", "another", T0)
    now = T0 + SILENCE if then == "silent" else T0
    assert [account.detail for account in (await presence.standing(now)).accounts] == [""]
