"""Pictures with QR codes as they are posted: turned, scaled, with a logo, inverted, on a wall paper, as JPEG."""

from __future__ import annotations

import io
from random import Random

import numpy as np
import segno
from PIL import Image, ImageDraw, ImageOps

WIDTH, HEIGHT = 600, 800
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def code(text: str, *, side: int, error: str, logo: bool, inverted: bool) -> Image.Image:
    """Return a code of `side` pixels with its quiet zone."""
    stream = io.BytesIO()
    segno.make(text, error=error, micro=False).save(stream, kind="png", scale=8, border=4)
    drawn = Image.open(stream).convert("L")
    if logo:
        first, last = int(drawn.width * 0.4), int(drawn.width * 0.6)
        ImageDraw.Draw(drawn).rectangle((first, first, last, last), fill=128)
    return (ImageOps.invert(drawn) if inverted else drawn).resize((side, side), Image.Resampling.BILINEAR)


def posted(random: Random) -> tuple[str, bytes]:
    """Return what a code says, and a JPEG with it."""
    text = "https://weixin.qq.com/g/" + "".join(random.choices(_LETTERS, k=random.randint(8, 40)))
    logo, inverted = random.random() < 0.3, random.random() < 0.2
    made = code(text, side=random.randint(140, 400), error="h" if logo else "m", logo=logo, inverted=inverted)
    angle = random.uniform(-45, 45) if random.random() < 0.6 else 0
    turned = made.rotate(angle, expand=True, fillcolor=0 if inverted else 255, resample=Image.Resampling.BILINEAR)
    wall = np.random.default_rng(random.randint(0, 9_999)).integers(0, 255, (HEIGHT // 8, WIDTH // 8), dtype=np.uint8)
    page = Image.fromarray(wall).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    page.paste(turned, (random.randint(0, WIDTH - turned.width), random.randint(0, HEIGHT - turned.height)))
    return text, jpeg(page, random.randint(30, 90))


def jpeg(page: Image.Image, quality: int) -> bytes:
    """Return `page` as a JPEG."""
    stream = io.BytesIO()
    page.save(stream, "JPEG", quality=quality)
    return stream.getvalue()
