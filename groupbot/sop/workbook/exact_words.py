"""The messages of a row that groupbot wrote, in one cell: what stands there goes out as it is, nothing is guessed.

    早上好，今天是第 1 天
    --- 3s
    【图片】welcome_poster
    ---
    【链接】打卡小程序
    https://example.com/checkin

A line of three dashes begins the next message, with how long to wait before it. A message is words, unless it begins
with one of the marks below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from groupbot.sop.shapes import Shape

_NEXT = re.compile(r"^---(?: (\w+))?$", re.MULTILINE)
_MARKED = re.compile(r"【(?P<mark>[^】\n]+)】(?P<rest>.*)", re.DOTALL)
_EVERYBODY = "@所有人 "
_KEYS = {
    "图片": "image",
    "文件": "file",
    "视频": "video",
    "语音": "voice",
    "名片": "card",
    "公告": "announce",
    "群名": "rename",
}
_MARKS = {key: mark for mark, key in _KEYS.items()}
_LINK = "链接"
_MORE = {"简介": "description", "缩略图": "thumbnail"}


def written(parts: Iterable[Shape]) -> str | None:
    """Return the cell of `parts`, shaped as below `parts:` of a YAML file; None where no cell can say them."""
    wanted, texts = list(parts), []
    for number, part in enumerate(wanted):
        gap = part.get("gap")
        lead = (f"---{f' {gap}' if gap else ''}\n") if number else ""
        texts.append(lead + _message({key: value for key, value in part.items() if key != "gap"}))
    text = "\n".join(texts)
    return text if list(read(text)) == wanted and text == text.strip() else None


def read(text: str) -> Iterator[Shape]:
    """Yield the messages of a cell, shaped as below `parts:`."""
    begin, gap = 0, ""
    for found in _NEXT.finditer(text):
        yield _part(text[begin : max(found.start() - 1, begin)], gap)
        begin, gap = found.end() + 1, found[1] or ""
    if text:
        yield _part(text[begin:], gap)


def _message(part: Shape) -> str:
    key = next(iter(part))
    match part:
        case {"text": text, "mention": ["all"]}:
            return f"{_EVERYBODY}{text}"
        case {"text": text}:
            return str(text)
        case {"link": {"url": url, "title": title, **more}}:
            further = (f"\n{label}：{more[name]}" for label, name in _MORE.items() if name in more)
            return f"【{_LINK}】{title}\n{url}{''.join(further)}"
        case _:
            return f"【{_MARKS.get(key, key)}】{part[key]}"


def _part(text: str, gap: str) -> Shape:
    waits = {"gap": gap} if gap else {}
    if text.startswith(_EVERYBODY):
        return {"text": text.removeprefix(_EVERYBODY), "mention": ["all"]} | waits
    found = _MARKED.fullmatch(text)
    if found and found["mark"] == _LINK:
        return {"link": _link(found["rest"])} | waits
    key = _KEYS.get(found["mark"]) if found else None
    return ({key: found["rest"]} if found and key else {"text": text}) | waits


def _link(text: str) -> Shape:
    title, *lines = text.split("\n")
    said = {"url": lines[0] if lines else "", "title": title}
    for line in lines[1:]:
        label, _sign, value = line.partition("：")
        said[_MORE.get(label, label)] = value
    return said
