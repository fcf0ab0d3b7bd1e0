"""Blanks that an operator meant to fill in and did not: what must never be posted as it stands."""

from __future__ import annotations

import re
from collections.abc import Container

_WHAT = (
    "姓名|昵称|名字|称呼|时间|日期|地点|地址|链接|网址|二维码|图片?|海报|截图|视频|价格|金额|数字|"
    "人数|产品名?|品牌名?|店名|门店|课程名?|主题|老师|电话|微信号?|群名|内容|名称|填写|名单"
)
_FORMS = (
    r"(?<!\{)\{[^{}\n]{1,24}\}(?!\})",
    r"\$\{[^{}\n]{1,24}\}",
    r"(?<![A-Za-z0-9._%/=&?\-])[xX×]{2,}(?![A-Za-z0-9._/=&\-])",
    r"(?<![A-Za-z0-9])[xX×](?=\s*(?:[日号点月年天元人名位折份张个家群期节课款]|小时|分钟|老师|先生|女士|同学|店|产品|课|活动))",
    r"[某]某(?:某|老师|店|产品|品牌|课|先生|女士)?",
    r"[+＋]\s*(?:自己的|你的|缺|附|插入|上|对应|此处)[^\s，。,;；+]{0,10}",
    r"[+＋]\s*[^\s，。,;；+\d]{0,8}(?:链接|海报|图片|截图|二维码|小程序码|榜单?|名单|视频|文件)(?![\u4e00-\u9fff])",
    r"[\[【<《(（]\s*(?:插入|填写|填入|替换|此处|待[定补填替确更]|xx)\s*[^\]】>》)）\n]{0,12}[\]】>》)）]",
    rf"[\[【<]\s*(?:{_WHAT})\s*[\]】>]",
    r"待(?:定|补充?|填写?|确认|更新)(?=$|[\s)）】\]，。,])",
    r"\b(?:TBD|TODO)\b",
    r"_{3,}|＿{2,}",
)
_ANY = re.compile("|".join(f"(?:{form})" for form in _FORMS))
_SIGNS = re.compile(r"[{xX×某+＋\[【<《(（_＿待T]")
_PICTURE_HERE = re.compile(r"[【\[(（]\s*(?:配?图片?|图\s*\d*|海报|视频|语音|文件)\s*\d*\s*[】\])）]")


def placeholder_in(text: str, known: Container[str] = ()) -> str:
    """Return the first blank that was left in `text`, "" when there is none; `{name}` of `known` is none."""
    if not _SIGNS.search(text):
        return ""
    for found in _ANY.finditer(text):
        if found[0].strip("{}") not in known and not _PICTURE_HERE.fullmatch(found[0]):
            return found[0]
    return ""
