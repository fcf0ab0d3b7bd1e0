"""PostgreSQL's own troubles: in the operator's words, and over when the server is back."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from random import Random

import pytest
from sqlalchemy import text

from groupbot.errors import ConfigError, StoreError
from groupbot.storage.engine import Database, async_url
from groupbot.storage.migrate import upgrade
from groupbot.storage.postgresql import engine_options
from tests import postgres
from tests.migration.conftest import SCRIPTS
from tests.torture import console_world
from tests.torture.books import opened
from tests.torture.console_world import PostsFile
from tests.torture.daemon import DaemonProcess, until, until_true
from tests.torture.judge import Judge

FILL = "INSERT INTO contents (id, parts) VALUES (%s, 'x')"
MY_CONNECTION = "SELECT pg_backend_pid()"


@pytest.fixture
def url() -> Iterator[str]:
    with postgres.shared().schema() as fresh:
        yield fresh


@pytest.fixture
async def database(url) -> AsyncIterator[Database]:
    database = Database(url)
    await upgrade(database, SCRIPTS)
    yield database
    await database.close()


async def refusal(url: str) -> StoreError:
    """Return what a look at `url` is refused with, by either way to the database."""
    database = Database(url)
    with pytest.raises(StoreError) as refused:
        async with database.read() as conn:
            await conn.exec_driver_sql("SELECT 1 FROM contents")
    with pytest.raises(StoreError) as again:
        await database.transact(lambda conn: conn.exec_driver_sql("SELECT 1 FROM contents").all())
    await database.close()
    assert refused.value.message == again.value.message
    assert refused.value.hint
    return refused.value


async def rows(database: Database) -> set[str]:
    async with database.read() as conn:
        return set((await conn.exec_driver_sql("SELECT id FROM contents")).scalars())


async def fill_then_lose_the_connection(database: Database) -> None:
    async with database.write() as conn:
        await conn.exec_driver_sql(FILL, ("lost",))
        number = (await conn.exec_driver_sql(MY_CONNECTION)).scalar_one()
        postgres.shared().sql(f"SELECT pg_terminate_backend({number})")
        await conn.exec_driver_sql(FILL, ("never",))


async def test_a_server_that_is_not_there(tmp_path):
    error = await refusal(f"postgresql://someone@/bot?host={tmp_path}")
    assert "can't be reached" in error.message
    assert "tries again" in error.hint


async def test_a_host_name_that_nobody_knows():
    assert "can't be reached" in (await refusal("postgresql://someone@nowhere.invalid/bot")).message


async def test_a_wrong_password():
    with postgres.own_server() as server:
        server.sql("CREATE ROLE guarded LOGIN PASSWORD 'right';")
        rules = server.folder / "pg_hba.conf"
        rules.write_text("local all guarded scram-sha-256\n" + rules.read_text())
        server.sql("SELECT pg_reload_conf()")
        given = server.url.replace("postgres:@", "guarded:wrong@")
        error = await refusal(given)
        assert "refused the login" in error.message
        assert "PGPASSWORD" in error.hint
        assert "wrong" not in str(error)
        assert "refused the login" in (await refusal(server.url.replace("postgres:@", "guarded@"))).message
        allowed = Database(server.url.replace("postgres:@", "guarded:right@"))
        async with allowed.read() as conn:
            assert (await conn.exec_driver_sql("SELECT current_user")).scalar_one() == "guarded"
        await allowed.close()


async def test_a_database_that_does_not_exist(url):
    error = await refusal(url.replace("/postgres?", "/nowhere?"))
    assert "does not exist on the server" in error.message
    assert "createdb" in error.hint


async def test_a_database_that_was_never_set_up(url):
    assert "groupbot db upgrade" in (await refusal(url)).hint


async def test_a_user_who_may_not_write(database, url):
    name = f"reader_{url.rpartition('_')[2]}"
    schema = url.rpartition("%3D")[2]
    postgres.shared().sql(f"CREATE ROLE {name} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {name}")
    error = await refusal(url.replace("postgres:@", f"{name}@"))
    assert "may not do this" in error.message


async def test_a_standby_takes_no_writes(url):
    database = Database(f"{url}%20-cdefault_transaction_read_only%3Don")
    with pytest.raises(StoreError) as refused:
        async with database.write() as conn:
            await conn.exec_driver_sql("CREATE TABLE anything (id int)")
    await database.close()
    assert "takes no writes" in refused.value.message


async def test_a_connection_lost_in_mid_transaction_leaves_nothing_and_the_next_goes_through(database):
    with pytest.raises(StoreError) as refused:
        await fill_then_lose_the_connection(database)
    assert "went away" in refused.value.message
    assert await rows(database) == set()
    async with database.write() as conn:
        await conn.exec_driver_sql(FILL, ("a",))
    assert await rows(database) == {"a"}


async def test_connections_that_were_dropped_while_they_lay_in_the_pool_are_replaced_unseen(database, url):
    async def look() -> int:
        async with database.read() as conn:
            return (await conn.exec_driver_sql(MY_CONNECTION)).scalar_one()

    old = set(await asyncio.gather(*(look() for _ in range(5))))
    old |= {await database.transact(lambda conn: conn.exec_driver_sql(MY_CONNECTION).scalar_one())}
    postgres.shared().sql(f"SELECT pg_terminate_backend(pid) FROM unnest(ARRAY{sorted(old)}) pid")
    assert not old & set(await asyncio.gather(*(look() for _ in range(5))))
    assert await database.transact(lambda conn: conn.exec_driver_sql(MY_CONNECTION).scalar_one()) not in old


async def test_a_lock_that_another_program_keeps_is_named(database, url):
    impatient = Database(url, busy_timeout_s=0.05)
    async with database.write() as conn:
        await conn.exec_driver_sql(FILL, ("a",))
        with pytest.raises(StoreError) as refused:
            await impatient.transact(lambda other: other.exec_driver_sql(FILL, ("a",)))
    await impatient.close()
    assert "locked" in refused.value.message


async def freeze_in_mid_transaction(database: Database, taken: asyncio.Event, thawed: asyncio.Event) -> None:
    async with database.write() as conn:
        await conn.exec_driver_sql("UPDATE contents SET parts = 'mine' WHERE id = 'a'")
        taken.set()
        await thawed.wait()
        await conn.exec_driver_sql("UPDATE contents SET parts = 'mine too' WHERE id = 'a'")


async def test_a_process_that_froze_in_mid_transaction_does_not_keep_others_waiting(database, url):
    async with database.write() as conn:
        await conn.exec_driver_sql(FILL, ("a",))
    frozen = Database(f"{url}%20-cidle_in_transaction_session_timeout%3D50ms")
    taken, thawed = asyncio.Event(), asyncio.Event()
    freezing = asyncio.create_task(freeze_in_mid_transaction(frozen, taken, thawed))
    await taken.wait()
    async with asyncio.timeout(8):
        await database.transact(lambda conn: conn.exec_driver_sql("UPDATE contents SET parts = 'yours'").rowcount)
    thawed.set()
    with pytest.raises(StoreError):
        await freezing
    assert await rows(frozen) == {"a"}, "it goes on with a new connection"
    await frozen.close()


async def test_transactions_that_block_each_other_both_get_through(url, database):
    """Two that take the same rows in opposite order: the server undoes one, which is then done again."""
    async with database.write() as conn:
        await conn.exec_driver_sql("INSERT INTO contents (id, parts) VALUES ('a', ''), ('b', '')")
    quick = f"{url}%20-cdeadlock_timeout%3D20ms"
    meeting = threading.Barrier(2, timeout=10)
    tries = []

    def append(conn, first: str, second: str) -> None:
        tries.append(first)
        for name in (first, second):
            conn.execute(text(f"UPDATE contents SET parts = parts || '{first}' WHERE id = '{name}'"))
            if name == first and tries.count(first) == 1:
                meeting.wait()

    one, two = Database(quick), Database(quick)
    await asyncio.gather(
        one.transact(lambda conn: append(conn, "a", "b")), two.transact(lambda conn: append(conn, "b", "a"))
    )
    await asyncio.gather(one.close(), two.close())
    assert len(tries) == 3
    async with database.read() as conn:
        bodies = set((await conn.exec_driver_sql("SELECT parts FROM contents")).scalars())
    assert bodies in ({"ab"}, {"ba"})


async def test_a_reader_sees_one_instant(database):
    async with database.read() as conn:
        before = (await conn.exec_driver_sql("SELECT count(*) FROM contents")).scalar_one()
        async with database.write() as other:
            await other.exec_driver_sql(FILL, ("new",))
        after = (await conn.exec_driver_sql("SELECT count(*) FROM contents")).scalar_one()
    assert (before, after, await rows(database)) == (0, 0, {"new"})


def test_without_the_driver_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError) as refused:
        Database("postgresql://someone@server/bot")
    assert "groupbot[postgres]" in refused.value.hint


def test_a_password_is_not_told_with_a_url_that_is_none():
    with pytest.raises(ConfigError) as refused:
        async_url("postgresql://someone:secret@server:port/bot")
    assert "secret" not in str(refused.value)


def test_what_the_url_says_goes_before_the_defaults():
    options = engine_options(async_url("postgres://u@h/b?connect_timeout=3&options=-csearch_path%3Dx"), 10.0)
    assert "connect_timeout" not in options["connect_args"]
    assert options["connect_args"]["options"].endswith("-csearch_path=x")


@pytest.mark.parametrize("how", ["fast", "immediate"])
async def test_a_server_that_restarts_in_the_middle_of_a_campaign(tmp_path, how):
    """Three times: what is posted goes out once and in order, and the daemon needs nobody's help."""
    with postgres.own_server() as server:
        config = console_world.write_config(tmp_path, database=server.url)
        async with opened(config, console_world.CAMPAIGNS, server.url) as books:
            plan = console_world.draw_plan(Random(how), steps=14, policy="ask")
            for campaign in console_world.CAMPAIGNS:
                await books.launch(campaign, [row for row in plan if row.campaign == campaign])
            posts = PostsFile(path=tmp_path / "posts.jsonl")
            daemon = DaemonProcess(config=config)
            daemon.start()
            try:
                for _ in range(3):
                    target = posts.count() + 30
                    await until(lambda t=target: posts.count() >= t, within_s=60, what="posts after a restart")
                    await asyncio.to_thread(server.stop, how)
                    seen, said = posts.count(), len(daemon.words)
                    await until(lambda n=said: len(daemon.words) > n, within_s=30, what="the daemon notices")
                    assert posts.count() - seen <= len(console_world.ACCOUNTS), "only what was claimed goes out"
                    await asyncio.to_thread(server.start)
                await until_true(books.finished, within_s=120, what=f"the campaign ends\n{daemon.words[-3000:]}")
                assert daemon.running
                daemon.terminate()
                assert await daemon.ended() == 0
            finally:
                daemon.kill()
            judge = Judge(plan=console_world.expected(plan), in_question=frozenset())
            assert judge.violations(posts.posts(), await books.listed(), finished=True) == []
            assert {view.state for view in await books.views()} == {"sent"}


def owned(server: postgres.Server) -> bool:
    """Tell whether the server's accounts have an owner."""
    if "(1 row)" not in server.sql("SELECT 1 FROM information_schema.tables WHERE table_name = 'accounts'"):
        return False
    return f"{len(console_world.ACCOUNTS)} rows" in server.sql("SELECT name FROM accounts WHERE owner IS NOT NULL")


async def test_a_daemon_stops_in_time_although_its_server_is_gone(tmp_path):
    with postgres.own_server() as server:
        daemon = DaemonProcess(config=console_world.write_config(tmp_path, database=server.url))
        daemon.start()
        try:
            await until(lambda: owned(server), within_s=30, what="the daemon owns its accounts")
            await daemon.ready()
            await asyncio.to_thread(server.stop)
            daemon.terminate()
            assert await daemon.ended() == 0
        finally:
            daemon.kill()
    assert "closing write failed" in daemon.words
