"""Lines of everyday group talk, made up from a few patterns: what a scorer of negative messages must let pass."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

_NAMES = ("老师", "班长", "小助手", "群主", "学姐", "组长")
_ACTS = ("打卡", "签到", "交作业", "报名", "看直播", "听课", "复盘", "填表", "领资料")
_WHEN = ("今天", "今晚", "明早", "周六", "下午三点", "晚上八点", "刚刚", "第3天")
_THINGS = ("课程", "回放", "资料", "链接", "作业", "海报", "名单", "快递", "会议室")
_FEELS = ("挺好的", "收获很大", "有点难", "讲得清楚", "有点卡", "刚好", "可以的", "还行", "很实用")
_SHORT = (
    "收到",
    "好的",
    "谢谢",
    "1",
    "666",
    "在的",
    "辛苦啦",
    "明白了",
    "早上好",
    "晚安",
    "来了",
    "哈哈哈",
    "嗯嗯",
    "已报名",
    "加油",
    "+1",
    "OK",
)
_PATTERNS = (
    "{name}{when}{act}了吗",
    "{when}{act}完成",
    "{name}好，{when}的{thing}在哪里看",
    "{thing}收到了，谢谢{name}",
    "这次{thing}{feel}",
    "{when}{act}我先请假",
    "{name}，{thing}打不开怎么办",
    "大家{when}记得{act}哦",
    "{when}的{thing}{feel}，期待下一次",
    "有人知道{thing}什么时候发吗",
    "{name}辛苦了，{thing}{feel}",
    "我{when}才{act}，来得及吗",
)


def everyday(count: int, seed: int) -> Iterator[str]:
    """Give `count` different lines, the short ones first."""
    random = Random(seed)
    yield from _SHORT[:count]
    made = [
        pattern.format(name=name, act=act, when=when, thing=thing, feel=feel)
        for pattern, name, act, when, thing, feel in product(_PATTERNS, _NAMES, _ACTS, _WHEN, _THINGS, _FEELS)
    ]
    yield from random.sample(sorted(set(made)), max(0, count - len(_SHORT)))
