"""Labelled texts made up from patterns: advertisements of two kinds of place, and everyday talk."""

from __future__ import annotations

from itertools import product
from random import Random

from groupbot.risk.dataset import Row
from tests.unit.risk.everyday import everyday

_OFFERS = (
    "刷单兼职",
    "游戏代练",
    "低价会员",
    "贷款秒批",
    "减肥茶",
    "代购名包",
    "股票内参",
    "电话卡",
    "品牌尾货",
    "网赚项目",
)
_LURES = ("一天三百", "先到先得", "不成功不收费", "比官网便宜一半", "稳赚", "零门槛", "当天到账", "前十名半价")
_CALLS = ("加我微信详聊", "想做的扫码进群", "有意私聊我", "点链接领取", "找我拿价格表", "进群送红包")
_SHOP = ("出号", "收装备", "卖脚本", "内部版上新", "接定制", "源码打包出")
_PRICES = ("十块一个", "月卡二十", "便宜卖", "包教会", "带售后", "支持试用")


def hits(count: int, seed: int) -> list[str]:
    """Return `count` advertisements as strangers post them."""
    made = [f"{offer}{lure}，{call}" for offer, lure, call in product(_OFFERS, _LURES, _CALLS)]
    return Random(seed).sample(made, count)


def shop(count: int, seed: int) -> list[str]:
    """Return `count` advertisements as they stand in a gamers' group: other words, nothing in common with `hits`."""
    made = [
        f"{what}{price}{more}" for what, price, more in product(_SHOP, _PRICES, ("要的来", "在线等", "手慢无", "可刀"))
    ]
    return Random(seed).sample(made, count)


def rows(count: int, seed: int) -> list[Row]:
    """Return `count` advertisements and as many lines of everyday talk."""
    return [
        *(Row(text=text, label=1) for text in hits(count, seed)),
        *(Row(text=text, label=0) for text in everyday(count, seed)),
    ]
