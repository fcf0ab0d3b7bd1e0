"""Column headings as operators write them -> the field that each means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from groupbot.sop.workbook.words import places_of


class Field(StrEnum):
    """What a column of a table holds. `ORDER` numbers the rows; `HINT` says what kind of material would be good;
    `RECORD` is what an online table keeps by itself. Sheets that groupbot wrote have `STEP_ID`, what a running campaign
    calls the row's step, and `SETTINGS`, what no other column says of it.
    """

    DAY = "day"
    LAST_DAY = "last day"
    WHEN = "when"
    UNTIL = "until"
    OFTEN = "often"
    SCRIPT = "script"
    STEP = "step"
    STAGE = "stage"
    MATERIAL = "material"
    LINK = "link"
    HINT = "hint"
    CHANNEL = "channel"
    AUDIENCE = "audience"
    ACTOR = "actor"
    SPEAKER = "speaker"
    GOAL = "goal"
    METRIC = "metric"
    STATUS = "status"
    REMARK = "remark"
    GROUP_ACTION = "group action"
    MEMBER_ACTION = "member action"
    MOMENTS_ACTION = "moments action"
    TRIGGER = "trigger"
    KEYWORD = "keyword"
    ANSWER = "answer"
    SYMPTOM = "symptom"
    REMEDY = "remedy"
    BACKUP = "backup"
    NAME = "name"
    ORDER = "order"
    STEP_ID = "step id"
    SETTINGS = "settings"
    GROUPS = "groups"
    WEEKDAYS = "weekdays"
    HOLIDAYS = "holidays"
    RECORD = "record"
    MENTION = "mention"
    APPROVAL = "approval"


_WORDS: Mapping[Field, str] = {
    Field.DAY: (
        "日期 天数 第几天 天 day days 倒计时 星期 周几 周次 开始日期 起始日期 执行日期 发布日期 发送日期 推送日期 "
        "活动日期 上课日期 date 活动日 日次 天次 日 第几日 日子 月日"
    ),
    Field.LAST_DAY: "结束日期 截止日期 终止日期",
    Field.WHEN: (
        "时间 开始时间 排期时间 提醒时间 发布时间 上课时间 推送时间 推送开始时间 发送时间 执行时间 具体时间 "
        "时间节点 时间点 "
        "时间段 时段 节点 时刻 时间安排 活动时间 动作时间 触达时间 群发时间 日程 起始时间 time when 何时 "
        "时间轴 发圈时间 操作时间 starttime sendtime posttime 发布时刻 推送时刻 "
        "几点 几点发 什么时候 什么时候发 发送时点 提醒时点 档期 "
        "推送时间点 执行时间点 排期 时间排期 发送时刻 timeline 起 开始 起始"
    ),
    Field.UNTIL: "推送结束时间 结束时间 截止时间 终止时间 endtime 止 结束 至",
    Field.OFTEN: "频率 频次 推送频率 发送频率 周期频率 执行频率",
    Field.SCRIPT: (
        "内容 示例内容 话术 话术正文 模板正文 触达内容 推送内容 具体内容说明 详情 说明 文案 正文 话术内容 "
        "参考话术 话术示例 "
        "话术模板 群内话术 推送文案 发送内容 消息内容 群发内容 具体内容 内容说明 内容详情 文案内容 参考文案 推送话术 "
        "沟通话术 示例话术 话术参考 消息 发布内容 脚本 文字内容 script text content 活动内容 内容文案 "
        "发圈文案 标准话术 话术脚本 what whattopost whattosay copy copywriting message messages caption words post "
        "发什么 说什么 群里发什么 "
        "安排 具体安排 推文 文本 语料 发言内容 消息文案"
    ),
    Field.STEP: (
        "工作内容 动作 栏目 活动 具体任务 项目说明 任务名称 活动名称 规则名称 话术名称 任务 步骤 环节 事项 "
        "运营动作 流程 "
        "工作事项 任务名 执行动作 具体动作 关键动作 主要动作 内容主题 主题 标题 内容类型 工作项 运营事项 "
        "板块 模块 项目 step 做什么 要做的事 栏目名 "
        "action task activity 任务内容 工作任务 关键事项 互动形式 动作名称 栏目名称 内容方向 话题"
    ),
    Field.STAGE: (
        "阶段 运营阶段 适用节点 转化节点 社群周期 周期 活动阶段 时期 阶段名称 所属阶段 流程阶段 stage phase "
        "群周期 生命周期"
    ),
    Field.MATERIAL: (
        "素材 物料 素材名称 配图路径 图片 配图 海报 附件 素材文件 素材路径 图片路径 配套素材 所需素材 "
        "所需物料 物料准备 "
        "图片素材 图文素材 视频 文件 material image 配图素材 物料名称 话术配图 海报图片"
    ),
    Field.LINK: "链接 素材链接 链接地址 跳转链接 网址 url link 小程序链接 活动链接",
    Field.HINT: "素材建议 素材类型 内容形式 参考案例 形式 素材形式 素材要求 配图建议 消息类型 案例 展现形式",
    Field.CHANNEL: (
        "渠道 平台 任务类型 选择客户群 使用场景 触达渠道 发送渠道 触达方式 推送渠道 发布渠道 场景 发送位置 "
        "发布位置 执行渠道 platform "
        "运营渠道 类型 发送方式 channel 触点 推送方式 渠道类型 阵地 where "
        "触达范围 发送范围 推送范围 发到 发到哪 发到哪里 发送群"
    ),
    Field.AUDIENCE: (
        "目标受众 目标标签 适用学段 适用学校 适用城市 适用区域 受众 目标人群 人群 对象 目标用户 用户标签 "
        "适用人群 发送对象 "
        "触达人群 客户标签 标签 推送对象 触达对象 目标客户 人群标签 面向人群 适用对象 audience target"
    ),
    Field.ACTOR: (
        "执行人 负责人 人员配置 责任人 执行者 人员 对接人 跟进人 执行人员 负责 操作人 执行 owner "
        "执行角色 责任方 主责 assignee pic who "
        "跟进 经办 经办人 由谁执行 谁来做 谁做 谁来发 谁发"
    ),
    Field.SPEAKER: (
        "发布账号 发送账号 账号 发送人 发言人 发送角色 角色 发布人 机器人号 发布角色 发言角色 speaker role 发圈账号"
    ),
    Field.GOAL: "目的 当天目标 目标 阶段目标 运营目的 目的说明 核心目标 运营目标 动作目的 今日目标 goal 当日目标",
    Field.METRIC: "考核指标 目标数 预警阈值 指标 kpi 数据指标 目标值 关键指标 数据目标 考核 衡量指标 考核标准",
    Field.STATUS: "状态 完成情况 生成状态 进度 是否完成 完成状态 执行状态 执行情况 status 是否执行",
    Field.REMARK: (
        "备注 使用说明 补充要求 注意事项 注意 要求 补充说明 备注说明 remark note notes 提示 注意点 备注信息 要点"
    ),
    Field.GROUP_ACTION: (
        "群 群里 大群 群消息 群通知 群内发 群内文案 群文案 群里说什么 群里发 "
        "群内动作 社群动作 群动作 群内操作 群内内容 社群内容 群内 社群 群聊 社群触达 微信群 群内运营 社群运营动作 "
        "groupmessage grouppost groupchat"
    ),
    Field.MEMBER_ACTION: (
        "私聊动作 私信动作 1v1动作 一对一动作 私聊内容 私聊话术 私聊 1v1 1v1私聊 私信 一对一 单聊 私域1v1 "
        "1对1 点对点 私聊触达 dm dmmessage directmessage privatemessage privatechat"
    ),
    Field.MOMENTS_ACTION: "朋友圈动作 朋友圈内容 朋友圈文案 朋友圈 朋友圈触达 发圈内容",
    Field.TRIGGER: "触发条件 触发 触发方式 触发事件 触发节点 条件 trigger",
    Field.KEYWORD: (
        "关键词 问题 常见问题 提问 用户问题 客户问题 疑问 触发词 关键字 常见疑问 q 问 用户提问 客户疑问 question"
    ),
    Field.ANSWER: (
        "回复 答案 回答 解答 回复内容 回复话术 自动回复 标准回复 参考回复 标准答案 答复 a 答 解答话术 "
        "answer 应答话术 回答话术"
    ),
    Field.SYMPTOM: (
        "风险 风险点 情况 现象 异常情况 突发情况 异常 可能情况 可能问题 风险类型 风险场景 突发事件 症状 "
        "风险项 问题场景 突发状况 "
        "异常现象 风险描述 问题描述 意外情况"
    ),
    Field.REMEDY: (
        "应对 处理方式 应对措施 处理办法 解决方案 应对方案 应急措施 处理 预案 应对策略 应对话术 处理方案 "
        "解决办法 应急话术 处理措施 "
        "应急方案 处理动作 措施 对策 处理话术 应对方式 解决方法 安抚话术 应急预案"
    ),
    Field.BACKUP: "备用二维码 备用码 备用群 备用 备用群码 备用群二维码 备用链接",
    Field.NAME: "模板名称 名称 素材名 话术标题 编号名称 变量 变量名 变量名称 占位符",
    Field.STEP_ID: "步骤id stepid",
    Field.SETTINGS: "步骤设置 stepsettings",
    Field.GROUPS: "适用群 目标群 指定群 发给哪些群 哪些群 群名单 群组 群名 群名称 群标签 群分组 groups",
    Field.WEEKDAYS: "星期限制 限星期 限周几 执行星期 适用星期 星期规则 weekdays",
    Field.HOLIDAYS: "节假日 节假日规则 节假日处理 法定节假日 假期规则 假日规则 holidays",
    Field.APPROVAL: (
        "审批 需审批 需审核 是否审批 是否审核 是否需审批 是否需审核 发前审核 发前审批 审批要求 approval approve"
    ),
    Field.ORDER: "序号 编号 no 序 id 排序 序列 #",
}
_MEANING = {word: field for field, words in _WORDS.items() for word in words.split()}
_CODE = "(?:编号|编码|代码|代号|id|code|序号|号)"
_CODED = re.compile(rf"(?:引用|使用|对应)?(?:话术|文案|脚本|模板|素材|配?图片?|物料|海报|附件|视频){_CODE}")
COUNTS_DOWN = re.compile(r"(?:距离?|离|倒数|倒计时)(?!时).{0,8}|(?:还|所)?剩余?天数|还有几天|.{0,4}倒计时(?:天数)?")
"""A column of the days left to the event."""
_COMPOUNDS: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (Field.DAY, COUNTS_DOWN),
    (Field.RECORD, re.compile(
        r"(?:最[后近新]|上次)?(?:创建|更新|修改|编辑|录入|提交|填写|导入|制表|登记)(?:时间|人员?|者|日期|于)|实际.{0,8}(?:时间|日期)|父记录"
        r"|记录id|(?:created|updated|modified|lastmodified|lastedited)(?:time|by|at|on|date)?"
    )),
    (Field.SCRIPT, re.compile(
        rf"(?:引用|使用|对应)?(?:话术|文案|脚本|模板){_CODE}|第[一二三四五六\d][条段句则](?:消息|文案|话术|内容|文字)?"
        r"|(?:消息|话术|文案|内容|正文|信息)[一二三四五六\d](?:条|段)?"
    )),
    (Field.MENTION, re.compile(
        r"(?:是否|要不要|需不需要|需要)?(?:@|艾特|at)(?:所有人|全员|全体|全群|all|人)?(?:否|吗)?"
    )),
    (Field.MATERIAL, re.compile(
        r"(?:素材|附件|文件|物料)名称?|"
        rf"(?:引用|使用|对应)?(?:素材|配?图片?|物料|海报|附件|视频){_CODE}|(?:配?图片?|海报|附件|素材)[一二三四五六\d]|第[一二三\d]张图?"
    )),
    (Field.HINT, re.compile(r"(?:配?图片?|素材|海报|视频|物料)(?:的)?(?:说明|描述|内容|备注)")),
    (Field.REMARK, re.compile(r"(?:执行|操作|发送|运营|时间|流程|填表|注意)(?:的)?(?:说明|细节|要点|要求)")),
)  # fmt: skip
"""Headings of two words of which neither alone says what the column holds."""
_PLACED = {Field.MEMBER_ACTION, Field.MOMENTS_ACTION}
_ELSEWHERE = {word: field for word, field in _MEANING.items() if field in _PLACED} | {
    "个人": Field.MEMBER_ACTION, "个人号": Field.MEMBER_ACTION, "单独": Field.MEMBER_ACTION,
    "小窗": Field.MEMBER_ACTION, "好友": Field.MEMBER_ACTION, "私发": Field.MEMBER_ACTION,
    "发圈": Field.MOMENTS_ACTION, "圈": Field.MOMENTS_ACTION,
}  # fmt: skip
_SAYING = frozenset({Field.SCRIPT, Field.STEP})
_ENDS = sorted((word for word in _MEANING if len(word) > 1 and not word.isascii()), key=len, reverse=True)
_BRACKETS = re.compile(r"[(\[{【〔《<][^()\[\]{}【】〔〕《》<>]*[)\]}】〕》>]")
_NOISE = re.compile(r"[\s:;,.。、*★☆▲●◆■·|\-_—~!?'\"“”]+")
_NUMBERED = re.compile(r"^(?:[①-⑳]|[（(]?\d{1,2}[)）.、])")
_EITHER = re.compile(r"[/／\\&+]|和|及|与|或")
_COUNTED = re.compile(r"第?(?P<name>\D*?)[\s(（]*(?:[一二三四五六]|[1-9]|[①-⑥])[)）]?(?P<unit>[条段句则]?\D{0,3})")
_SPOKEN = re.compile(
    r"话术|文案|正文|脚本|推文|推送|触达|群发|消息|的话$|怎么说|copy|script|message|caption|words", re.IGNORECASE
)
MAX_HEADING = 24
"""Characters; what is longer is a cell of words, even when it ends like a heading."""


def fold_heading(text: str) -> str:
    """Return a heading without spaces, brackets, units, numbering and signs, in half width and lower case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _NUMBERED.sub("", folded.strip())
    return _NOISE.sub("", _BRACKETS.sub("", folded))


@lru_cache(maxsize=4096)
def exact_field(text: str) -> Field | None:
    """Return the field that `text` names word for word."""
    if len(text) > MAX_HEADING * 2:
        return None
    folded = fold_heading(text)
    if found := _MEANING.get(folded):
        return (place_aside(text) or found) if found in _SAYING else found
    if found := _said_there(folded) or next((field for field, form in _COMPOUNDS if form.fullmatch(folded)), None):
        return found
    if not folded:  # all of it stood in brackets
        return _MEANING.get(_NOISE.sub("", re.sub(r"[()\[\]【】]", "", unicodedata.normalize("NFKC", text).casefold())))
    pieces = [piece for piece in _EITHER.split(folded) if piece]
    named = [_MEANING[piece] for piece in pieces if piece in _MEANING]
    timed = Field.WHEN if Field.TRIGGER in named and Field.WHEN in named else None  # 触发/时间: either stands there
    return timed or next(iter(named), None) if len(pieces) > 1 else None


def is_spoken(heading: str) -> bool:
    """Return whether a heading of scripts says that its cells are spoken as they stand; 内容 may tell of a deed."""
    return bool(_SPOKEN.search(heading))


def counts_on(first: str, other: str) -> bool:
    """Return whether two headings differ in a number only: 话术一 and 话术二, 第1条 and 第2条."""
    one, two = _COUNTED.fullmatch(first.strip()), _COUNTED.fullmatch(other.strip())
    return one is not None and two is not None and one.groups() == two.groups()


def is_code(heading: str) -> bool:
    """Return whether a column holds the codes of scripts or materials: `话术编号`."""
    return bool(_CODED.fullmatch(fold_heading(heading)))


def place_aside(text: str) -> Field | None:
    """Return the place other than the group that a heading of words names in brackets: `话术（私聊）`."""
    asides = _BRACKETS.findall(unicodedata.normalize("NFKC", text).casefold())
    places = places_of(asides[0][1:-1])[0] if len(asides) == 1 else ()
    return {"member": Field.MEMBER_ACTION, "moments": Field.MOMENTS_ACTION}.get(places[0]) if len(places) == 1 else None


def _said_there(folded: str) -> Field | None:
    """Return the place at which words are said that a heading names together with them: `私聊文案`, `发圈话术`."""
    for place, field in _ELSEWHERE.items():
        if folded.startswith(place) and _MEANING.get(folded.removeprefix(place)) in {Field.SCRIPT, Field.STEP}:
            return field
    return None


@lru_cache(maxsize=4096)
def likely_field(text: str) -> Field | None:
    """Return the field whose word `text` is, ends with, or begins with: `具体推送时间` is a time."""
    if found := exact_field(text):
        return found
    return ending_field(text) or beginning_field(text)


def ending_field(text: str) -> Field | None:
    """Return the field with whose word `text` ends."""
    folded = fold_heading(text)
    fits = bool(folded) and len(folded) <= MAX_HEADING // 2
    return next((_MEANING[word] for word in _ENDS if folded.endswith(word)), None) if fits else None


def beginning_field(text: str) -> Field | None:
    """Return the field with whose word `text` begins, which tells less than its end does."""
    folded = fold_heading(text)
    fits = bool(folded) and len(folded) <= MAX_HEADING // 2
    return next((_MEANING[word] for word in _ENDS if folded.startswith(word)), None) if fits else None
