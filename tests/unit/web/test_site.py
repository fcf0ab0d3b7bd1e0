"""What a visitor is shown, and what browsers and proxies are told about it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from groupbot import i18n
from groupbot.web.signs import Sign
from tests.unit.web.conftest import JPEG, NOON, PNG, World, visitor


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")


def image_of(page: str) -> str:
    found = re.search(r'<img src="([^"]+)"', page)
    assert found
    return f"/c/{found[1]}"


async def test_the_open_groups_image_is_shown_and_the_page_never_kept(world: World) -> None:
    world.show(Sign(code="abc", title="Camp <b>", group="g1", image=world.one))
    async with visitor(world.site()) as client:
        page = await client.get("/c/abc")
        image = await client.get(image_of(page.text))
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "Camp &lt;b&gt;" in page.text
    assert "Press and hold the code to join" in page.text
    assert (image.content, image.headers["content-type"]) == (PNG, "image/png")
    assert image.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_another_group_takes_over_and_an_old_address_shows_what_holds_now(world: World) -> None:
    made = world.site()
    world.show(Sign(code="abc", group="g1", image=world.one))
    async with visitor(made) as client:
        first = image_of((await client.get("/c/abc")).text)
        world.show(Sign(code="abc", group="g2", image=world.two))
        second = image_of((await client.get("/c/abc")).text)
        assert first != second
        assert (await client.get(first)).content == PNG  # somebody's page is still open
        other = await client.get("/c/abc/0000.png")
    assert (other.content, other.headers["cache-control"]) == (JPEG, "no-store")
    assert other.headers["content-type"] == "image/jpeg"


async def test_an_image_is_over_to_the_second(world: World) -> None:
    sign = Sign(
        code="abc", group="g1", image=world.one, until=NOON + timedelta(seconds=4), friend=world.two, word="蓝海"
    )
    world.show(sign)
    async with visitor(world.site()) as client:
        assert "to join" in (await client.get("/c/abc")).text
        world.clock.advance(1)
        friend = (await client.get("/c/abc")).text
    assert "write this word" in friend
    assert '<p class="word">蓝海</p>' in friend


@pytest.mark.parametrize(
    ("sign", "status", "words"),
    [
        (Sign(code="abc"), 200, "No place is free just now"),
        (Sign(code="abc", closed=True), 410, "no longer in use"),
        (Sign(code="other"), 404, "does not exist"),
    ],
)
async def test_who_can_not_get_in_is_told_whom_to_ask(sign: Sign, status: int, words: str, world: World) -> None:
    world.show(sign)
    async with visitor(world.site()) as client:
        page = await client.get("/c/abc")
    assert page.status_code == status
    assert words in page.text
    assert "Please ask the person who gave you this code." in page.text
    assert "<img" not in page.text


async def test_a_lost_image_file_is_as_none(world: World) -> None:
    world.show(Sign(code="abc", group="g1", image=world.one.with_name("lost.png"), friend=world.two))
    async with visitor(world.site()) as client:
        assert "Press and hold the code to add us" in (await client.get("/c/abc")).text


@pytest.mark.parametrize("path", ["/c/abc", "/c/nosuch", "/c/abc/x.png", "/elsewhere", "/healthz", "/c/"])
async def test_every_answer_is_kept_from_doing_harm(path: str, world: World) -> None:
    world.show(Sign(code="abc", group="g1", image=world.one))
    async with visitor(world.site()) as client:
        for answer in (await client.get(path), await client.post(path)):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "set-cookie" not in answer.headers
        assert answer.status_code in {404, 405}


async def test_a_code_is_read_as_people_type_it(world: World) -> None:
    world.show(Sign(code="k7m2p9qd"))
    async with visitor(world.site()) as client:
        assert (await client.get("/c/K7M2P9QD")).status_code == 200
        assert (await client.get("/c/%3Cscript%3E")).status_code == 404


async def test_codes_are_looked_up_once_in_a_while_and_guesses_never(world: World) -> None:
    world.show(Sign(code="abc"))
    async with visitor(world.site()) as client:
        for code in ("abc", "no1", "no2", "abc"):
            await client.get(f"/c/{code}")
        assert world.asked == 1
        world.clock.advance(-60)  # a clock that is set back keeps no picture for longer
        await client.get("/c/abc")
        assert world.asked == 2


async def test_a_database_that_is_down_keeps_no_visitor_from_what_was_known(world: World) -> None:
    world.down = True
    async with visitor(world.site()) as client:
        early = await client.get("/c/abc")
        assert (early.status_code, early.headers["retry-after"]) == (503, "30")
        assert (await client.get("/healthz")).status_code == 503
        world.down = False
        world.show(Sign(code="abc", group="g1", image=world.one))
        assert (await client.get("/c/abc")).status_code == 200
        world.down = True
        world.clock.advance(3)
        assert (await client.get("/c/abc")).status_code == 200
        assert (await client.get("/healthz")).status_code == 503
