"""The words of one cell -> the messages that they are: split at the operator's own marks, pictures where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RULE = re.compile(r"^[ \t]*(?:[-—–_=*~·]{3,}|[—]{2,})[ \t]*$", re.MULTILINE)
_PICTURE = re.compile(
    r"[【\[](?:配?图片?|海报|视频|文件|语音)\s*(?P<number>[\d一二三四五六七八九])?\s*"
    r"(?:[:：]\s*(?P<name>[^】\]\n]{1,40}))?[】\]]"
)
_CIRCLED = re.compile(r"^[ \t]*(?P<sign>[①-⑳])[ \t]*[、.:：]?[ \t]*", re.MULTILINE)
_COUNTED = re.compile(
    r"^[ \t]*[【\[(（]?(?:第[一二三四五六七八九十\d]+条|(?:消息|话术|文案|信息)[一二三四五六七八九十\d]+)"
    r"[】\])）]?[ \t]*[:：、]?[ \t]*",
    re.MULTILINE,
)
_NOTE = re.compile(
    r"[(（【]\s*(?P<note>(?:(?:配|附|发|加|插入|同步发|带)(?:上|送)?[^()（）【】\n，。]{0,18}?"
    r"(?:图|图片|海报|视频|截图|二维码|链接|照片|表情包?|文件|小程序)"
    r"|(?:配图|图片|海报|视频)\s*[:：][^()（）【】\n]{1,30})[^()（）【】\n]{0,6})\s*[)）】]"
)
_EVERYBODY = re.compile(r"@\s*(?:所有人|全体成员|全员|全体|all|everyone)[ \t,，:：]*", re.IGNORECASE)
_PICTURE_FIRST = re.compile(r"先发?图|图片?(?:在前|先发)|先图后文|图\s*[+＋]\s*文")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A message of words; `everybody`: it begins by calling all members."""

    text: str
    everybody: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureHere:
    """The place of a picture. `number` counts the row's pictures from 1, 0 = the next; `name` names a material."""

    number: int = 0
    name: str = ""


Message = Words | PictureHere
_NUMBERS = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}


def messages_of(text: str) -> tuple[list[Message], list[str]]:
    """Return the messages of a cell and the notes about material that stood in brackets at their ends."""
    notes: list[str] = []

    def taken(found: re.Match[str]) -> str:
        notes.append(found["note"].strip())
        return ""

    clean = _NOTE.sub(taken, text) if "（" in text or "(" in text or "【" in text else text
    messages: list[Message] = []
    for block in _blocks(clean):
        messages += _with_pictures(block)
    return messages, notes


def picture_first(text: str) -> bool:
    """Return whether `text` asks for the picture before the words."""
    return "图" in text and bool(_PICTURE_FIRST.search(text))


def _blocks(text: str) -> list[str]:
    """Return the text cut at lines of dashes, or before `①`, `第一条` when it begins with such a mark."""
    if "\n" in text and _RULE.search(text):
        return [block for part in _RULE.split(text) for block in _blocks(part)]
    begun = text.lstrip()
    for mark in (_CIRCLED, _COUNTED):
        if not mark.match(begun):
            continue
        found = list(mark.finditer(text))
        if len(found) > 1 and not text[: found[0].start()].strip():
            ends = [*(one.start() for one in found[1:]), len(text)]
            return [text[one.end() : end] for one, end in zip(found, ends, strict=True)]
    return [text]


def _with_pictures(block: str) -> list[Message]:
    if "【" not in block and "[" not in block:
        return _words(block)
    messages: list[Message] = []
    at = 0
    for found in _PICTURE.finditer(block):
        messages += _words(block[at : found.start()])
        sign = found["number"] or ""
        number = _NUMBERS.get(sign) or (int(sign) if sign.isdecimal() else 0)
        messages.append(PictureHere(number=number, name=(found["name"] or "").strip()))
        at = found.end()
    return messages + _words(block[at:])


def _words(text: str) -> list[Message]:
    everybody = "@" in text and bool(_EVERYBODY.search(text))
    stripped = (_EVERYBODY.sub("", text, count=1) if everybody else text).strip()
    return [Words(text=stripped, everybody=everybody)] if stripped else []
