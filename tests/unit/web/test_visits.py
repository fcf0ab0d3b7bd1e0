"""What counts as a visit, that none is lost or made up, and how many requests one address may make."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.web import visits
from groupbot.web.limits import REMEMBERED, RateLimit, network_of
from groupbot.web.signs import Sign
from groupbot.web.visitors import is_visit
from groupbot.web.visits import VisitCounter
from tests.unit.web.conftest import NOON, PHONE, World, visitor

MINUTE = NOON.replace(second=0)
ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "Slackbot-LinkExpanding 1.0",
    "Mozilla/5.0 (Linux) SkypeUriPreview Preview/0.5",
]
PEOPLE = [
    PHONE,
    "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; V2309A) XWEB/1160 MMWEBSDK/20240404 MicroMessenger/8.0.49 WeChat/arm64",
    "",
]


@pytest.mark.parametrize(("agents", "counted"), [(ROBOTS, False), (PEOPLE, True)])
def test_programs_that_look_before_people_do_are_no_visits(agents: list[str], counted: bool) -> None:
    assert {is_visit("GET", [(b"user-agent", agent.encode())]) for agent in agents} == {counted}


@pytest.mark.parametrize(
    "header", [(b"purpose", b"prefetch"), (b"sec-purpose", b"prefetch;prerender"), (b"x-moz", b"prefetch")]
)
def test_what_a_browser_fetches_beforehand_is_none(header: tuple[bytes, bytes]) -> None:
    assert not is_visit("GET", [header])
    assert is_visit("GET", [(b"sec-fetch-mode", b"navigate")])


async def test_only_shown_pages_are_counted(world: World) -> None:
    world.show(
        Sign(code="abc", group="g1", image=world.one), Sign(code="ask"), Sign(code="off", closed=True, group="g1")
    )
    made = world.site()
    async with visitor(made) as client:
        for path in ("/c/abc", "/c/ABC", "/c/ask", "/c/off", "/c/nosuch", "/c/abc/x.png", "/healthz"):
            await client.get(path)
        await client.head("/c/abc")
        await client.post("/c/abc")
        await client.get("/c/abc", headers={"Sec-Purpose": "prefetch"})
        await client.get("/c/abc", headers={"User-Agent": ROBOTS[0]})
    await made.visits.flush()
    minute = world.clock.now().replace(second=0)
    assert dict(world.store.rows) == {("abc", minute, "g1"): 2, ("ask", minute, ""): 1}


async def test_two_thousand_at_once_are_two_thousand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "FLUSH_S", 0.01)
    world.show(*(Sign(code=f"c{n}", group="g1", image=world.one) for n in range(7)))
    made = world.site()
    counting = asyncio.create_task(made.visits.run())
    async with visitor(made) as client:

        async def visit(part: int) -> None:
            for n in range(100):
                await client.get(f"/c/c{(part + n) % 7}")

        await asyncio.gather(*(visit(part) for part in range(20)))
    made.visits.close()
    await counting
    assert world.store.rows.total() == 2_000
    assert {code for code, _at, _group in world.store.rows} == {f"c{n}" for n in range(7)}


async def test_what_could_not_be_written_is_written_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "FLUSH_S", 0.01)
    counter = VisitCounter(world.store, world.clock)
    world.store.down = True
    counter.note("abc", "g1")
    await counter.flush()
    assert counter.failing
    counter.note("abc", "g1")
    world.clock.advance(60)
    counter.note("abc", "g1")
    counting = asyncio.create_task(counter.run())
    async with asyncio.timeout(5):
        while world.store.writes < 4:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
    assert not world.store.rows
    world.store.down = False
    counter.close()
    await counting
    assert sorted(world.store.rows.values()) == [1, 2]
    assert not counter.failing


async def test_many_visits_are_written_before_their_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "FLUSH_S", 3600.0)
    counter = VisitCounter(world.store, world.clock)
    counting = asyncio.create_task(counter.run())
    for _visit in range(visits.MOST):
        counter.note("abc", "")
    async with asyncio.timeout(5):
        while not world.store.rows:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
    assert world.store.rows.total() == visits.MOST
    counter.close()
    await counting


async def test_one_address_is_slowed_down_and_no_other(world: World) -> None:
    world.show(Sign(code="abc", group="g1", image=world.one))
    made = world.site(per_minute=3)
    async with visitor(made) as busy, visitor(made, address="198.51.100.8") as other:
        assert [(await busy.get("/c/abc")).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        refused = await busy.get("/c/abc/x.png")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        assert "<style>" in refused.text
        assert (await other.get("/c/abc")).status_code == 200
        assert (await busy.get("/healthz")).status_code == 200
        world.now += 20
        assert [(await busy.get("/c/abc")).status_code for _ in range(2)] == [200, 429]
    await made.visits.flush()
    assert world.store.rows.total() == 5


async def test_who_guesses_is_stopped_early(world: World) -> None:
    world.show(Sign(code="abc"))
    async with visitor(world.site(per_minute=100)) as client:
        seen = [(await client.get(f"/c/no{n}")).status_code for n in range(8)]
    assert seen == [404] * 5 + [429] * 3


@pytest.mark.parametrize(
    ("proxies", "forwarded", "same"),
    [
        ((), ("203.0.113.1", "203.0.113.2"), True),  # whoever is no proxy of ours may claim what he likes
        (("198.51.100.0/24",), ("203.0.113.1", "203.0.113.2"), False),
        (("198.51.100.7",), ("203.0.113.9, 203.0.113.1", "203.0.113.8, 203.0.113.1"), True),  # claimed before our proxy
    ],
)
async def test_visitors_behind_a_proxy_are_told_apart_only_where_it_is_trusted(
    proxies: tuple[str, ...], forwarded: tuple[str, str], same: bool, world: World
) -> None:
    world.show(Sign(code="abc"))
    async with visitor(world.site(per_minute=1, proxies=proxies)) as client:
        seen = [(await client.get("/c/abc", headers={"X-Forwarded-For": who})).status_code for who in forwarded]
    assert seen == [200, 429 if same else 200]


def test_addresses_are_forgotten_and_never_kept() -> None:
    limit = RateLimit(2, timer=lambda: 0.0)
    assert [limit.allows("203.0.113.1") for _ in range(3)] == [True, True, False]
    assert "203.0.113.1" not in repr(vars(limit))
    for n in range(REMEMBERED):
        limit.allows(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert limit.allows("203.0.113.1")


def test_one_customer_of_a_network_is_one() -> None:
    assert network_of("2001:db8:1:2::5") == network_of("2001:db8:1:2:ffff::1") != network_of("2001:db8:1:3::5")
    assert network_of("::ffff:203.0.113.1") == network_of("203.0.113.1")
    assert network_of("fe80::1%eth0") == network_of("fe80::2%eth0")
    assert network_of("no:address") == "no:address"
