"""What the scripted members are called and what they say. All made up; Chinese, because the groups are."""

from __future__ import annotations

import re
from dataclasses import dataclass

NICKNAME_HEADS = (
    "小", "阿", "大", "爱笑的", "晒太阳的", "不熬夜的", "早起的", "江边", "山里的", "北窗",
    "慢慢走的", "一只", "南城", "海盐", "巷口", "云上", "半糖", "周末的", "背包的", "五楼的",
)  # fmt: skip
NICKNAME_TAILS = (
    "鹿", "橘子", "石榴", "麦穗", "松果", "木棉", "柚子", "青团", "河马", "蘑菇",
    "豆包", "灯塔", "风铃", "芦苇", "栗子", "麻雀", "云朵", "桃酥", "核桃", "茉莉",
)  # fmt: skip

GREETINGS = (
    "大家好，我是新来的，请多关照",
    "终于进来了，报到！",
    "朋友拉我来的，先跟着学习",
    "你们好呀，坐标成都",
    "刚进群，从哪里开始看？",
    "第一次参加，有点小激动",
)

MORNING = (
    "早呀各位",
    "今天起晚了，先把昨天的补上",
    "地铁上，先看一遍",
    "早餐吃了吗大家",
    "外面下雨，正好在家学习",
)
DAYTIME = (
    "午休时间来冒个泡",
    "昨天的内容我又看了一遍，收获挺大",
    "有没有人和我一样总是坚持不下来",
    "这个方法我试了，真的有用",
    "在开会，晚点再看",
    "请问资料在哪里下载？",
)
EVENING = (
    "孩子睡了，终于有时间了",
    "今天加班，现在才看到",
    "大家的作业都好认真",
    "和我同桌说了，她也想来",
    "今天状态不错，多练了一会儿",
    "明天几点开始？",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What members answer to a post in which `cue` is found; `eager` multiplies how many do."""

    cue: re.Pattern[str]
    eager: float
    lines: tuple[str, ...]


ANSWERS = (
    Answers(
        cue=re.compile("打卡|接龙|作业"),
        eager=1.5,
        lines=(
            "打卡！",
            "已打卡 ✅",
            "打卡，今天也完成了",
            "作业交了，请老师看看",
            "完成 +1",
            "晚上回家补打卡",
            "打卡打卡[强]",
        ),
    ),
    Answers(
        cue=re.compile("欢迎|开营|自我介绍"),
        eager=1.3,
        lines=(
            "开心加入 🎉",
            "期待！",
            "大家好，我做财务的，想换个习惯",
            "我是两个孩子的妈妈，请多指教",
            "报到报到",
            "支持[鼓掌]",
        ),
    ),
    Answers(
        cue=re.compile("报名|优惠|名额|价格|领取"),
        eager=1.2,
        lines=("怎么报名？", "已报名", "还有名额吗？", "可以分期吗", "先问问家里人", "领到了，谢谢"),
    ),
    Answers(
        cue=re.compile("直播|上课|开课|回放"),
        eager=1.2,
        lines=("一定来", "有回放吗？", "准时到", "闹钟定好了", "今天能赶上", "期待老师的分享"),
    ),
    Answers(
        cue=re.compile("[?？]"),
        eager=1.1,
        lines=("我选 1", "我觉得是第二个", "想了一下，还是坚持最难", "我也想知道答案", "2", "看情况吧哈哈"),
    ),
    Answers(
        cue=re.compile("早|新的一天"),
        eager=1.0,
        lines=("早上好 ☀️", "早安", "早！今天继续", "早呀，已经起来了"),
    ),
)
PLAIN_ANSWERS = ("收到", "好的", "谢谢老师", "学到了", "👍", "收藏了，慢慢看", "[玫瑰]", "明白了")
