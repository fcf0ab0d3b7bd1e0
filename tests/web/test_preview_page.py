"""The page of `sop preview --html` in a real browser, as an operator opens it on a phone."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from groupbot import i18n
from groupbot.cli.sop import app
from tests.web.conftest import Opened

WORDS = "大家好，欢迎来到 {{ group }} 🎉\n\n  第二行前面有两个空格，<b>这不是粗体</b> & “引号”"
QUOTED = json.dumps(WORDS, ensure_ascii=False)
EVIL = "<script>document.title='坏了'</script><img src=x onerror=\"document.title='坏了'\">新话术"
ADDRESS = "https://example.com/" + "很长的地址abc" * 20
SOP = f"""\
name: small
title: 小营</title><script>document.title='坏了'</script>
roles: {{host: 班主任}}
materials:
  poster: poster.png
  again: {{path: poster.png}}
phases:
  - name: 开营
    steps:
      - {{id: hello, at: D1 09:00, speaker: host, parts: [{{text: {QUOTED}}}, {{image: poster, gap: 3s}}]}}
      - {{id: prepare, at: D1 08:00, task: 先把奖品准备好, assignee: 小满}}
      - {{id: new-member, trigger: {{kind: join, condition: 入群}}, task: 问候新成员}}
  - name: 收尾
    steps:
      - {{id: bye, at: D2 20:30, text: "今晚的回放：{ADDRESS}"}}
      - {{id: poster, at: D2 21:00, image: again}}
      - {{id: only-b, at: D3 09:00, text: 只给二群, groups: {{names: [二群]}}}}
"""
"""`again` is the same file under another name, which lint has something to say of."""
SHOWN = "大家好，欢迎来到 {} 🎉\n\n  第二行前面有两个空格，<b>这不是粗体</b> & “引号”"
CONTRAST = """
() => {
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const colour = (layers) => {
    paper.clearRect(0, 0, 1, 1);
    for (const one of layers) { paper.fillStyle = one; paper.fillRect(0, 0, 1, 1); }
    return [...paper.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const base = matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)";
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || !one.checkVisibility() || one.closest("script")) continue;
    const layers = [];
    for (let at = one; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
    const below = colour([base, ...layers]), above = colour([base, ...layers, getComputedStyle(one).color]);
    const [low, high] = [light(below), light(above)].sort((a, b) => a - b);
    found.push([(high + 0.05) / (low + 0.05), one.tagName + " " + one.className + ": " + one.textContent.slice(0, 20)]);
  }
  return found;
}
"""


def picture(width: int, height: int) -> bytes:
    """Return a red PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xd0\x30\x30" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def made(sop: Path, groups: str = "一群,二群") -> Path:
    """Return the page that the command writes of `sop`."""
    out = sop.with_suffix(".html")
    args = ["preview", str(sop), "--start", "2027-05-17", "--groups", groups, "--html", str(out)]
    said = CliRunner().invoke(app, args)
    assert out.is_file(), said.output
    return out


@pytest.fixture
def page(tmp_path: Path) -> Path:
    i18n.use("zh")
    (tmp_path / "poster.png").write_bytes(picture(1200, 700))
    sop = tmp_path / "small.yaml"
    sop.write_text(SOP, encoding="utf-8")
    return made(sop)


def test_it_opens_without_complaint_and_asks_for_nothing(phone: Opened, page: Path) -> None:
    shown = phone.open(page)
    shown.fill("#pick", "二群")
    assert shown.locator("#one").is_visible()  # its own script runs, and has run

    assert phone.complaints == []
    assert phone.asked == [page.as_uri()]


def test_its_policy_lets_no_request_out(phone: Opened, page: Path) -> None:
    shown = phone.open(page)
    shown.evaluate(
        "() => new Promise(done => {"
        "  const one = new Image(); one.onerror = done; one.src = 'https://example.com/spy.png';"
        "  document.body.appendChild(one);"
        "})"
    )

    assert phone.refused == ["https://example.com/spy.png"]


def test_each_post_stands_below_its_day_in_its_very_words(phone: Opened, page: Path) -> None:
    shown = phone.open(page)
    days = {
        section.locator("h2").inner_text(): section.locator(".say").evaluate_all(
            "found => found.map(one => one.textContent)"
        )
        for section in shown.locator("#all section").all()
    }

    assert list(days) == ["05-17 周一", "05-18 周二", "05-19 周三", "没有定时间的"]
    assert days["05-17 周一"] == [SHOWN.format("一群"), "图片 poster.png", SHOWN.format("二群"), "图片 poster.png"]
    assert days["05-18 周二"] == [f"今晚的回放：{ADDRESS}", "图片 poster.png"]
    assert days["05-19 周三"] == ["只给二群"]
    assert shown.locator(".task .do").all_inner_texts() == ["先把奖品准备好", "问候新成员"]
    assert "  第二行" in shown.locator(".say").first.inner_text()  # as laid out: spaces and line breaks are kept


def test_a_group_sees_only_its_own(phone: Opened, page: Path) -> None:
    shown = phone.open(page)
    shown.fill("#pick", "一群")
    one = shown.locator("#one .say").evaluate_all("found => found.map(one => one.textContent)")
    shown.fill("#pick", "二群")
    two = shown.locator("#one .say").evaluate_all("found => found.map(one => one.textContent)")

    assert not shown.locator("#all").is_visible()
    assert one == [SHOWN.format("一群"), "图片 poster.png", f"今晚的回放：{ADDRESS}", "图片 poster.png"]
    assert two == [SHOWN.format("二群"), *one[1:], "只给二群"]


def test_a_day_can_be_jumped_to(phone: Opened, page: Path) -> None:
    shown = phone.open(page)
    shown.get_by_role("link", name="05-19 周三").click()

    heading = shown.get_by_role("heading", name="05-19 周三")
    header = shown.locator("header").bounding_box()
    box = heading.bounding_box()
    assert header is not None
    assert box is not None
    assert header["height"] <= box["y"] < 844


@pytest.mark.parametrize("group", ["", "二群", "没有这个群"])
def test_nothing_is_wider_than_a_phone(phone: Opened, page: Path, group: str) -> None:
    shown = phone.open(page)
    shown.fill("#pick", group)
    shown.locator("details").evaluate_all("found => found.forEach(one => { one.open = true; })")
    wide = shown.locator("body *:visible").evaluate_all(
        "found => found.filter(one => one.getBoundingClientRect().right > innerWidth + 0.5).map(one => one.outerHTML)"
    )

    assert wide == []
    assert shown.evaluate("document.documentElement.scrollWidth") == 390


def test_pictures_show(phone: Opened, page: Path) -> None:
    shown = phone.open(page)
    overview = shown.locator("#all img").evaluate_all("found => found.map(one => [one.naturalWidth, one.offsetWidth])")
    shown.fill("#pick", "一群")
    shown.wait_for_function("[...document.querySelectorAll('#one img')].every(one => one.complete)")
    own = shown.locator("#one img").evaluate_all("found => found.map(one => one.naturalWidth)")

    assert [width for width, _shown in overview] == [1200] * 3
    assert all(200 < shown_as <= 390 for _width, shown_as in overview)
    assert own == [1200, 1200]


@pytest.mark.parametrize("phone", ["light", "dark"], indirect=True)
def test_it_can_be_read_by_day_and_by_night(phone: Opened, page: Path) -> None:
    shown = phone.open(page)
    overview = shown.evaluate(CONTRAST)
    shown.fill("#pick", "二群")
    of_group = shown.evaluate(CONTRAST)

    assert len(overview) > 15
    assert [what for ratio, what in overview + of_group if ratio < 4.5] == []


def test_scripts_in_cells_are_words(phone: Opened, tmp_path: Path) -> None:
    i18n.use("zh")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["时间", "动作", "话术"], ["第1天 20:00", "<script>步骤", EVIL], ["入群即发", "欢迎", EVIL]):
        sheet.append(row)
    book.save(tmp_path / "evil.xlsx")
    shown = phone.open(made(tmp_path / "evil.xlsx", groups="</script><b>一群"))

    assert EVIL in shown.locator("#all .say").evaluate_all("found => found.map(one => one.textContent)")
    shown.fill("#pick", "一群")
    assert EVIL in shown.locator("#one .say").evaluate_all("found => found.map(one => one.textContent)")
    assert shown.title() == "evil"
    assert phone.complaints == []


def test_a_title_ends_nothing(phone: Opened, page: Path) -> None:
    assert phone.open(page).title() == "小营</title><script>document.title='坏了'</script>"
