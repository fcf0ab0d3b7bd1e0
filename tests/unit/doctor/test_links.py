"""Links asked at a server of this machine: what answers, what refuses to say, what is gone."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest

from groupbot.doctor.links import ask_links, open_link
from groupbot.doctor.materials import Fault

WITHIN_S = 5.0


class Site:
    """Answers each path with the status that it names; `/get-only/…` refuses HEAD; `/silent` says nothing."""

    def __init__(self):
        self.asked = []
        self.port = 0
        self.end = asyncio.Event()

    async def answer(self, reader, writer):
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            method, path, _version = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[0].split()
            self.asked.append((method, path))
            if path == "/silent":
                await self.end.wait()
            status = 405 if path.startswith("/get-only") and method == "HEAD" else path.rpartition("/")[2]
            where = "Location: /200\r\n" if status == "302" else ""
            writer.write(f"HTTP/1.1 {status} X\r\n{where}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"


@pytest.fixture
async def site():
    site = Site()
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    site.end.set()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("path", ["200", "204", "302", "401", "get-only/200"])
async def test_links_that_can_be_opened(site, path):
    assert await open_link(site.url(path), within_s=WITHIN_S) is None


async def test_the_body_is_not_asked_for_where_the_head_says_it_all(site):
    await open_link(site.url("200"), within_s=WITHIN_S)
    assert site.asked == [("HEAD", "/200")]


@pytest.mark.parametrize("path", ["404", "410", "500", "get-only/404"])
async def test_links_that_answer_with_an_error(site, path):
    fault = await open_link(site.url(path), within_s=WITHIN_S)
    assert fault is not None
    assert path.rpartition("/")[2] in fault.message
    assert fault.hint


async def test_a_server_that_says_nothing_costs_its_time_only(site):
    fault = await open_link(site.url("silent"), within_s=0.2)
    assert fault is not None
    assert "can't be reached" in fault.message


async def test_a_server_that_is_not_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        fault = await open_link(f"http://127.0.0.1:{taken.getsockname()[1]}/", within_s=WITHIN_S)
    assert fault is not None
    assert "refused" in fault.message


async def test_other_letters_go_over_the_wire(site):
    assert await open_link(site.url("入口/a b/200?谁=我"), within_s=WITHIN_S) is not None
    assert site.asked[0] == ("HEAD", "/%E5%85%A5%E5%8F%A3/a%20b/200?%E8%B0%81=%E6%88%91")


async def test_a_host_name_that_is_none_is_a_fault():
    fault = await open_link(f"http://{'x' * 70}.test/", within_s=WITHIN_S)
    assert fault is not None


async def test_each_link_is_asked_once_and_told_for_each_sop():
    asked = []

    async def ask(url):
        asked.append(url)
        return Fault(message=f"{url} is gone", hint="mend") if "gone" in url else None

    links = {"a.yaml": ["https://x.test", "https://gone.test"], "b.yaml": ["https://x.test"] * 2, "c.yaml": []}
    found = list(await ask_links(links, ask))
    assert asked == ["https://x.test", "https://gone.test"]
    assert [(check.name, check.ok) for check in found] == [("links-open:a.yaml", False), ("links-open:b.yaml", True)]
    assert "(1)" in found[1].message
