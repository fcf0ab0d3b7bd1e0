"""The page itself: small, without scripts or anything from elsewhere, made for WeChat's own browser on a phone. Pure.

There, people hold a finger on the image and choose 识别图中的二维码, so the image is a plain <img> with an address of
its own (WeChat finds no code in backgrounds), and nothing lies over it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape

from groupbot.i18n import _, present
from groupbot.web.signs import Shown, View

_STYLE = (
    ":root{color-scheme:light}*{box-sizing:border-box}"
    "body{margin:0;background:#f2f4f3;color:#17211c;font:17px/1.6 -apple-system,BlinkMacSystemFont,'PingFang SC',"
    "'Noto Sans CJK SC','Microsoft YaHei',sans-serif;-webkit-text-size-adjust:100%}"
    "main{max-width:28rem;margin:0 auto;padding:24px 16px 40px;text-align:center}"
    "section{background:#fff;border-radius:16px;padding:20px 16px 24px;box-shadow:0 1px 3px rgba(0,0,0,.08)}"
    "h1{font-size:22px;line-height:1.35;margin:0 0 16px;overflow-wrap:anywhere}"
    "img{display:block;width:100%;max-width:340px;height:auto;max-height:62vh;object-fit:contain;"
    "margin:0 auto 16px;-webkit-touch-callout:default}"
    "p{margin:0 0 8px;overflow-wrap:anywhere}.do{font-size:19px;font-weight:600}.small{font-size:15px;color:#4c5a52}"
    ".word{display:inline-block;margin:8px 0 12px;padding:6px 18px;border:2px dashed #0a7a3c;border-radius:10px;"
    "font-size:24px;font-weight:700;color:#0a6b35;-webkit-user-select:all;user-select:all}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; img-src 'self'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What every answer of the site says to browsers: only this page's own style and images; robots are to keep out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    """`do`: what to do, in large letters; `then`: what comes of it."""

    title: str
    do: str
    then: str


def code_page(code: str, shown: Shown) -> str:
    """Return the page of `code`."""
    words = _words_of(shown)
    image = ""
    if shown.picture is not None:
        address = f"{escape(code)}/{shown.picture.name}"  # relative, so that it holds behind a proxy's path
        image = f'<img src="{address}" alt="{escape(_("QR code"))}">'
    word = f'<p class="word">{escape(shown.word)}</p>' if shown.word else ""
    return _page(shown.title or words.title, image, words, word)


def unknown_page() -> str:
    """Return what is said of an address that leads nowhere."""
    return _page(
        "",
        "",
        _Words(
            title=_("This page does not exist"),
            do=_("Please ask the person who gave you this code."),
            then=_("Perhaps a sign of the address was mistyped."),
        ),
    )


def busy_page() -> str:
    """Return what is said when it is too much, or not possible just now."""
    words = _Words(
        title=_("One moment please"), do=_("Please try again in a minute."), then=_("Many are here just now.")
    )
    return _page("", "", words)


def _words_of(shown: Shown) -> _Words:
    match shown.view:
        case View.GROUP:
            return _Words(
                title=_("Welcome to the group"),
                do=_("Press and hold the code to join"),
                then=_("Hold a finger on the picture, then choose “Extract QR code”."),
            )
        case View.FRIEND if shown.word:
            return _Words(
                title=_("Add us as a contact"),
                do=_("Press and hold the code, and write this word in your request:"),
                then=_("Once it is accepted you are invited into the group."),
            )
        case View.FRIEND:
            return _Words(
                title=_("Add us as a contact"),
                do=_("Press and hold the code to add us"),
                then=_("Once it is accepted you are invited into the group."),
            )
        case View.CLOSED:
            return _Words(
                title=_("This code is no longer in use"),
                do=_("Please ask the person who gave you this code."),
                then=_("They will show you the way in."),
            )
        case _:
            return _Words(
                title=_("No place is free just now"),
                do=_("Please ask the person who gave you this code."),
                then=_("They will show you the way in; or come back later."),
            )


def _page(title: str, image: str, words: _Words, word: str = "") -> str:
    language = "zh-CN" if present() == "zh" else "en"
    head = escape(title or words.title)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
        '<meta name="format-detection" content="telephone=no">'
        f"<title>{head}</title><style>{_STYLE}</style></head><body><main><section><h1>{head}</h1>{image}"
        f'<p class="do">{escape(words.do)}</p>{word}<p class="small">{escape(words.then)}</p>'
        "</section></main></body></html>"
    )
