"""Headings that stand in no list: what a column holds, by the signs that operators' wordings of it share."""

from __future__ import annotations

import re

from groupbot.sop.workbook.headings import Field, beginning_field, ending_field, exact_field, fold_heading, place_aside

_SIGNS: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (Field.STEP, re.compile(r"主旨|概要|概述|大纲|梗概|纲要|大意")),
    (Field.STATUS, re.compile(r"打[钩勾√]|勾选|完成|是否|进展|已发|执行结果|done|check")),
    (Field.SCRIPT, re.compile(
        r"(?:的|说|讲|发|聊)话$|[话文]术$|怎么[说讲回发]|咋说|要[说讲]的|[说讲发][什啥]么?$|原话|口播|[^\W\d_]语$"
    )),
    (Field.CHANNEL, re.compile(r"发给谁|发[往哪至]|哪[个些]?群|群[组名]$|目标群$|^to$|^群$|落地位置")),
    (Field.AUDIENCE, re.compile(r"给谁|接收|收件|收信|推给|发给|面向|客群|人群|受众|圈选")),
    (Field.METRIC, re.compile(r"指标|转化率|人数|数量|预算|费用|成本|数据")),
    (Field.SPEAKER, re.compile(r"[账帐]号|微信号|用哪个号|谁的号|人设")),
    (Field.ACTOR, re.compile(
        r"(?:老师|岗位?|客服|领队|班主任|助教|店长|编辑|班班|群主|主播|小编|负责|同学|经手|操盘|值班|值守|专员|顾问|店员"
        r"|人手|小组|部门|团队|[^\d]人)$|谁|担当|盯盘|执行岗"
    )),
    (Field.REMARK, re.compile(r"注意|备注|补充|须知|提示|关注点|要领|要点|tips|要求|避坑|技巧|细节|约束|口径|other")),
    (Field.LINK, re.compile(r"链接|url|网址|短链|跳转")),
    (Field.SCRIPT, re.compile(
        r"怎么[说讲]|说的话|要[说发]的?|发的|说辞|说法|原话|语料|看到|文字|稿|口播|话$|通知语|原文|正文|全文|"
        r"消息|内容|文案|话术|推文|words|copy|text|say|message|content"
    )),
    (Field.MATERIAL, re.compile(
        r"图$|图片|照片|附件|用图|贴图|配什么|封面|视觉|资料|课件|文件|素材|物料|海报|视频"
        r"|attach|media|file|(?<!to)pic|photo|image|asset"
    )),
    (Field.DAY, re.compile(r"日期|哪[天日]|几号|几月|date|^day|^[^\W\d_]{2}日$")),
    (Field.WHEN, re.compile(
        r"时点|^(?:推送|发送|发布|群发|触达|执行)点$|时刻|钟点|几点|点钟|何时|时候|时间|时段|time|when|clock|定时"
    )),
    (Field.STAGE, re.compile(r"阶段|[营周学工]期$|期次|章节|phase|stage")),
    (Field.GOAL, re.compile(r"目的|目标|意图|为什么|why|purpose")),
    (Field.STEP, re.compile(
        r"做[什啥]|干[什啥]|动作|事项|环节|任务|工作|事情|主题|选题|类[目别]|栏目|方向|什么事|要办|聊什么|课程|task|what|topic"
    )),
    (Field.ORDER, re.compile(r"序号|编号|^no$|^#$")),
)  # fmt: skip
"""Tried in this order: what is rarer, or decides more, first."""


def signed_field(text: str) -> Field | None:
    """Return the field of a heading by a list or by its signs: `用到的图` is a material, `怎么说` the words."""
    if found := exact_field(text):
        return found
    folded = fold_heading(text)
    if not folded or len(folded) > _LONGEST:
        return None
    found = ending_field(text) or next((field for field, sign in _SIGNS if sign.search(folded)), None)
    if found in {Field.SCRIPT, Field.STEP, None} and (placed := _placed(folded) or place_aside(text)):
        return placed
    return found or beginning_field(text)


def _placed(folded: str) -> Field | None:
    """Return whose action a heading of words or of nothing known is that names a place: `好友私聊跟进`."""
    return next((field for field, sign in _PLACES if sign.search(folded)), None)


_PLACES = (
    (Field.MEMBER_ACTION, re.compile(r"私聊|私信|单聊|点对点|小窗|一对一|1[v对]1|^dm|private")),
    (Field.MOMENTS_ACTION, re.compile(r"朋友圈|发圈|moments")),
)
_LONGEST = 12
"""Characters; what is longer is a title or a cell of words."""
