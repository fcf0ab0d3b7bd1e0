"""Codes in pictures are read, once for each picture; bytes that are no picture hold none."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from PIL import Image

from groupbot.risk import codes
from groupbot.risk.codes import Codes, codes_in, findings_of
from tests.unit.risk.pictures import code, jpeg, posted


def test_codes_are_found_however_they_are_posted():
    random = Random(11)
    pictures = [posted(random) for _picture in range(40)]
    assert sum(text in codes_in(picture) for text, picture in pictures) >= 39


def test_a_code_on_transparent_ground_is_read():
    drawn = code("https://example.com/a", side=200, error="m", logo=False, inverted=False)
    clear = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    clear.paste("black", mask=drawn.point(lambda grey: 255 if grey < 128 else 0))
    stream = io.BytesIO()
    clear.save(stream, "PNG")
    assert codes_in(stream.getvalue()) == ("https://example.com/a",)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff\xe0 nothing", jpeg(Image.new("L", (50, 50)), 50)])
def test_what_holds_no_code_gives_none(data):
    assert codes_in(data) == ()


def test_a_picture_that_would_fill_the_memory_is_not_opened():
    stream = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(stream, "PNG")
    assert codes_in(stream.getvalue()) == ()


def test_a_way_into_a_group_weighs_more():
    invite, other = findings_of(("https://weixin.qq.com/g/x", "hello"))
    assert (invite.rule, other.rule) == ("qr-invite", "qr-code")
    assert invite.score > other.score


async def test_the_same_picture_is_read_once(monkeypatch):
    read = []

    def slow(image):
        read.append(image)
        return (image.decode(),)

    monkeypatch.setattr(codes, "codes_in", slow)
    monkeypatch.setattr(codes, "REMEMBERED", 2)
    with ThreadPoolExecutor(1) as pool:
        known = Codes(workers=pool)
        assert [await known.read(one) for one in (b"a", b"a", b"b", b"c", b"a")] == [
            ("a",),
            ("a",),
            ("b",),
            ("c",),
            ("a",),
        ]
    assert read == [b"a", b"b", b"c", b"a"]
