"""What operators' words ask for: places, things that only people do, events, rows that are off, staged members."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from groupbot.sop.document import Place, Trigger

TICKS = frozenset({"√", "✓", "✔", "☑", "v", "y", "yes", "是", "有", "●", "○", "1", "✅"})
_PLACES: tuple[tuple[Place, re.Pattern[str]], ...] = (
    ("moments", re.compile(r"朋友圈|发圈|moments|圈子")),
    (
        "member",
        re.compile(r"1\s*[vV对:：]\s*[1一]|一对一|私聊|私信|单聊|点对点|个人号|个微|好友|小窗|^私$|\bdm\b|private"),
    ),
    ("group", re.compile(r"群|group")),
)
_OUTSIDE = re.compile(
    r"电话|短信|公众号|视频号|直播间|线下|门店|到店|小红书|抖音|微博|快手|官网|邮件|内部|员工|客服|会议|app|小程序推送|后台|"
    r"地推|staff|sms"
)
_ANY_PLACE = re.compile(r"[群圈聊信友好人微窗一1１私]|对点|moments|group|dm\b|private|" + _OUTSIDE.pattern)
_PERSON = re.compile(
    r"红包|打电话|电话|外呼|拉群|建群|拉人|拉入|邀请入群|解散|踢|移出|移除|禁言|抽奖|开奖|摇奖|砸金蛋|大转盘|转盘|发圈|朋友圈|"
    r"打标签|贴标签|打标|录入|登记|统计|核销|核对|审核|发货|寄送|快递|面谈|拜访|到店接待|培训|设计|制作|拍摄|剪辑|采购|布置|"
    r"准备物料|^(?:对接|选品|梳理|制定)|^确认(?:货|价|名单|人[数员]|物料|流程|库存|讲师|嘉宾|链接|权限)|"
    r"物料准备|测试链接|搭建|配置|设置群|改群主|转让群|盘点|复盘会|开会|退款|打款|接待|检查"
)
_GROUP_DEED = re.compile(r"红包|抽奖|开奖|摇奖|砸金蛋|转盘|解散|禁言")
"""Deeds at which a person says something in the group."""
_NOTICE = re.compile(
    r"预告|提醒|通知|公告|规则|预热|公布|介绍|攻略|说明|玩法|宣布|播报|倒计时|名单|文案|话术|须知|告知|宣讲|欢迎|海报|晒"
)
_ORDER = re.compile(
    r"^(?:(?:群主|店长|老师|助教|助理|运营|店员|客服|班主任|讲师|管理员|导购)[们在]?)?(?:在?群[里内]?)?"
    r"(?:统一|立刻|马上|手动|分别|逐个|人工|每[人店][^，。,.!！]{0,4})?"
    r"(?:发(?:放|送|个|大|小|手气|拼手气|[一二三四五六七八九十\d]+个|[^，。,.!！]{0,4})?红包|打电话|电话(?:联系|回访|邀约|追单|跟进)|"
    r"(?:大|小|拼手气|口令|惊喜)?红包(?:雨)?(?:[+＋、]|$)|抽奖(?:$|[+＋、送])|(?:点对点|单独|逐个|逐一|一对一|分批|分别)(?:私聊|私信|联系|通知)|"
    r"拉(?:群|入|进|小群|新群)|建(?!议)[^，。,.!！]{0,6}群(?![里内规名主聊])|建立|把[^，。,.!！]{1,14}(?:拉|移|踢|邀|加)|解散(?![前后时倒了])|踢(?:出|人|广告)|移(?:出|除)|(?:全员|全体)?禁言|(?:进行|开始|开启|转盘|幸运)?抽奖$|"
    r"(?:转|发|同步)?朋友圈|发圈|打标签|给.{1,10}打标|统计(?!一下)|核对|核销(?!码)|登记(?!一下|好)|录入|准备(?!好|了|开)|制作(?!人|方法|过程)|设计(?!师|感)|检查(?!一下|你|您|自己)"
    r"|安排(?!在|上|好|如下|来了|看)|联系(?!我|你|您|方式|客服|店长|群主)|确认[^，。,.!！]{0,6}(?:名单|人数|物料|库存|地址)|发(?:放)?奖(?:品|励)?$|[给为帮][^，。,.!！]{1,12}(?:开通|开课|办理|打款|退款|寄|发货|备注|打电话|打标|发(?:放)?(?:红包|奖)|转账))"
)
_NOTHING = re.compile(r"[-—–―/\\×xX~～.。·]{1,3}|无|空|暂无|没有|n/?a", re.IGNORECASE)
_FAKE = re.compile(
    r"水军|托儿|气氛组账?号?|小号|马甲|暖场号|内鬼|假(?:截图|晒单|成交)|虚假|刷单|充场|陪聊号|"
    r"(?:^|[找安排请、+])托(?:[们、+,，。：:]|$)"
)
_OFF = re.compile(
    r"^(?:已?取消|已?作废|已?废弃|停用|已?停止|暂停|不执行|不发|不用发?|弃用|已?删除|已?下线|"
    r"无效|已?关闭|已?停用|不做|搁置|cancel(?:l?ed)?|void)"
)
_EVENTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("friend", re.compile(
        r"加好友|加上?(?:微信|企微)|好友(?:通过|添加|欢迎)|添加(?:好友|企微|微信)|被动?添加|成为好友|通过好友|新好友|"
        r"加[^，。]{0,6}(?:官|好友)|添加[^，。]{0,6}好友"
    )),
    ("members", re.compile(r"满\s*(\d{1,5})\s*人|群满|满员|满群|人数达到?\s*(\d{1,5})")),
    ("invites", re.compile(r"邀请满?\s*(\d{1,5})\s*[人位名]")),
    ("no_action", re.compile(
        r"未(?:打卡|回复|购买?|下单|付款|付费|支付|报名|进群|入群|登录|到课|签到|领取?|领券|成交|完课|交作业|互动|到店|"
        r"激活|转化)"
    )),
    ("keyword", re.compile(
        r"@[^\s，。@]{1,8}(?:提问|咨询|留言)|关键[词字](?!.{0,6}(?:库|表|设置))|自动回复|回复[“\"「『'【]|触发词"
    )),
    ("join", re.compile(
        r"[入进加]群(?:欢迎|语|时|后|即|$|话术|须知|自动)|欢迎语|迎新|欢迎新人|新人(?:欢迎|进群|入群)|新人[^，。]{0,4}礼$|进群欢迎"
    )),
)  # fmt: skip
_BETWEEN = re.compile(r"[+、/,，;；&\n和与及|]|\s{1,}")
_ALL = re.compile(
    r"^(?:全群|全部|所有|全员|全体|不限|通用|all|全部群|所有群|全部客户群|群内?所有人|全体成员|所有人|无|-|/)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def places_of(channel: str) -> tuple[tuple[Place, ...], bool]:
    """Return the places that a channel names, and whether it names something that only people reach."""
    if not _ANY_PLACE.search(channel.casefold()):
        return (), False
    found: dict[Place, None] = {}
    outside = False
    for piece in _BETWEEN.split(unicodedata.normalize("NFKC", channel).casefold()):
        place = next((place for place, sign in _PLACES if sign.search(piece)), None)
        if place:
            found[place] = None
        elif _OUTSIDE.search(piece):
            outside = True
    order: tuple[Place, ...] = ("group", "member", "moments")
    return tuple(place for place in order if place in found), outside


@lru_cache(maxsize=512)
def is_person_only(action: str) -> bool:
    """Return whether a named action (`发红包`, `解散群`) is done by people; a notice of it is posted like any other."""
    return bool(action) and bool(_PERSON.search(action)) and not _NOTICE.search(action)


def is_group_deed(action: str) -> bool:
    """Return whether a person's action is done in the group, so that its words are posted there."""
    return bool(_GROUP_DEED.search(action))


def is_order(words: str) -> bool:
    """Return whether a script is no words to post but an instruction to the staff."""
    return len(words) <= 60 and bool(_ORDER.match(words)) and "@" not in words[:1]  # noqa: PLR2004  # a line


def is_nothing(words: str) -> bool:
    """Return whether a cell says that nothing is sent: `—`, `/`, `无`, `休`."""
    return len(words) <= 3 and bool(_NOTHING.fullmatch(words))  # noqa: PLR2004  # such cells are short


def is_fake(*texts: str) -> bool:
    """Return whether the words ask for staged members or staged proofs."""
    return bool(_FAKE.search("+".join(texts)))  # `+` stands between names: nothing is found across it


def is_off(status: str) -> bool:
    """Return whether a row's state says that it is not to be done."""
    return bool(_OFF.match(unicodedata.normalize("NFKC", status).strip().casefold()))


def is_everybody(audience: str) -> bool:
    """Return whether an audience leaves nobody out."""
    return not audience or bool(_ALL.match(audience))


def event_in(*texts: str) -> Trigger | None:
    """Return the event that the first of `texts` to name one waits for."""
    for text in texts:
        for kind, sign in _EVENTS:
            if found := sign.search(text):
                counts = [int(group) for group in found.groups() if group]
                return Trigger(kind=kind, condition=text.strip(), count=counts[0] if counts else None)
    return None


def tail_kind(text: str) -> str:
    """Return what a section so called holds: goals, playbooks, replies, notes; "" when it is no such section."""
    folded = re.sub(
        r"^[\s一二三四五六七八九十\d①-⑩、.．)）]+|[\s:：]", "", unicodedata.normalize("NFKC", text)
    ).casefold()
    return next((kind for kind, sign in _TAILS.items() if sign.fullmatch(folded)), "")


_TAILS: Mapping[str, re.Pattern[str]] = {
    "goals": re.compile(
        r"(?:达成|活动|预期|数据|核心|考核|转化|运营|业绩|项目|本次|社群)?(?:目标|指标|kpi|目的)(?:数据?|拆解|设定|达成|值)?"
    ),
    "playbooks": re.compile(
        r"(?:活动|社群|群内?|运营)?(?:风险|风控|应急|突发|异常|预案|危机|舆情|意外)(?:情况|事件)?(?:管理|控制|预案|处理|方案|点|应对|措施|库|话术|把控|预警|防范)*"
    ),
    "replies": re.compile(
        r"(?:活动|社群|群内?|客户|用户|学员)?(?:faq|q&a|qa|常见(?:问题|疑问|问答)|问答|答疑|关键[词字](?:自动)?(?:回复|表|库)?|自动回复|高频问题)(?:话术|库|表|汇总|集锦|解答|回复)*"
    ),
    "notes": re.compile(
        r"(?:填写|填表|使用|特别|表格|补充)?(?:备注|注意事项|说明|使用说明|注|温馨提示|须知|要求|总结|复盘)"
    ),
}
