"""The page of live codes, served by the real `groupbot web`, as a real browser shows it to who scanned a poster."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from groupbot.risk.codes import codes_in
from tests.integration.live_project import FRIEND_CODE, GROUP_CODE, Project, project, served
from tests.web.conftest import Opened

TITLE = "7天写作训练营<script>document.title='坏了'</script>"


class Poster:
    """A served project and a code for each state."""

    def __init__(self, made: Project) -> None:
        self.made = made
        made.image("g1")
        self.codes = {
            "group": made.add(title=TITLE),
            "friend": made.add("later", friend=FRIEND_CODE),
            "friend-no-word": made.add("later", friend=FRIEND_CODE, channel="elsewhere"),
            "ask": made.add("later"),
            "closed": made.add(),
            "unknown": "nosuchcd",
        }
        made.do(lambda _entries, codes: codes.set_closed(self.codes["closed"], closed=True, by="Olga"))


WRITTEN_MS = 1_200
"""Longer than visits wait in memory."""


@pytest.fixture(scope="module")
def poster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poster]:
    made = project(tmp_path_factory.mktemp("live"), locale="zh")
    found = Poster(made)
    with served(made):
        yield found


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("group", 200, ["长按"]),
        ("friend", 200, ["蓝海", "验证"]),
        ("friend-no-word", 200, ["长按"]),
        ("ask", 200, ["给您这个码的人"]),
        ("closed", 410, ["给您这个码的人"]),
        ("unknown", 404, ["给您这个码的人"]),
    ],
)
def test_each_state_fits_a_phone_and_says_what_to_do(
    state: str, status: int, words: list[str], poster: Poster, phone: Opened, tmp_path: Path
) -> None:
    answer = phone.page.goto(f"{poster.made.url}/c/{poster.codes[state]}")
    assert answer is not None
    assert answer.status == status
    text = phone.page.inner_text("main")
    assert all(word in text for word in words), text
    assert phone.page.title() != "坏了"
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.page.evaluate("document.documentElement.scrollHeight") <= 844
    assert phone.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(242, 244, 243)"
    assert phone.refused == []
    assert [said for said in phone.complaints if "Failed to load resource" not in said] == []
    assert all(url.startswith(poster.made.url) for url in phone.asked)
    phone.page.screenshot(path=tmp_path / f"{state}.png")


@pytest.mark.parametrize(("state", "leads"), [("group", "weixin.qq.com/g/one"), ("friend", "u.wechat.com/friend")])
def test_what_the_screen_shows_is_scanned(state: str, leads: str, poster: Poster, phone: Opened) -> None:
    phone.page.goto(f"{poster.made.url}/c/{poster.codes[state]}")
    box = phone.page.locator("img").bounding_box()
    assert box is not None
    assert box["width"] >= 280
    assert [leads in found for found in codes_in(phone.page.screenshot())] == [True]


def test_a_tall_screenshot_of_a_phone_leaves_room_for_the_words(poster: Poster, phone: Opened, tmp_path: Path) -> None:
    paper, code = Image.new("RGB", (1080, 1920), "white"), Image.open(io.BytesIO(GROUP_CODE)).convert("RGB")
    paper.paste(code.resize((660, 660), Image.Resampling.NEAREST), (210, 560))
    made = io.BytesIO()
    paper.save(made, "PNG")
    poster.made.image("g2", made.getvalue())
    phone.page.goto(f"{poster.made.url}/c/{poster.made.add('g2')}")
    phone.page.wait_for_timeout(2_100)  # so long the page may go by what it saw before
    phone.page.reload()
    below = phone.page.locator("p.small").bounding_box()
    assert below is not None
    assert below["y"] + below["height"] <= 740  # WeChat's own bars take a hundred dots
    assert len(codes_in(phone.page.screenshot(path=tmp_path / "tall.png"))) == 1


def test_it_needs_no_scripts_and_keeps_nothing(poster: Poster, phone: Opened) -> None:
    context = phone.page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = context.new_page()
    page.goto(f"{poster.made.url}/c/{poster.codes['group'].upper()}")
    assert "长按" in page.inner_text("main")
    assert context.cookies() == []
    context.close()


def test_the_image_is_asked_for_once_and_the_page_each_time(poster: Poster, phone: Opened) -> None:
    url = f"{poster.made.url}/c/{poster.codes['group']}"
    phone.page.wait_for_timeout(WRITTEN_MS)
    before = poster.made.visited().get(poster.codes["group"], 0)
    phone.page.goto(url)
    phone.page.goto("about:blank")
    phone.page.goto(url)
    phone.page.wait_for_timeout(WRITTEN_MS)
    assert poster.made.visited()[poster.codes["group"]] == before + 2
    kept = phone.page.evaluate("performance.getEntriesByType('resource').map(one => one.transferSize)")
    assert kept == [0]
