"""The project's frame: a front sheet, or the rows above a table, as label and value (`活动目的 | …`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from groupbot.core.policies import QuietHours
from groupbot.i18n import _
from groupbot.sop.document import EventSpec, Goal, Holidays, Selector, Variable
from groupbot.sop.duration import parse_duration
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source
from groupbot.sop.reading import DEFAULT_ZONE, read_zone
from groupbot.sop.schema import MAX_GOALS, MAX_LINE
from groupbot.sop.template import BUILT_IN, RESERVED
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import Scheduled
from groupbot.sop.timenode import DAY_MINUTES, CalendarDay, OnDay, TimeNodeError
from groupbot.sop.timetext import parse_window
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import fold_heading
from groupbot.sop.workbook.row_rules import holidays_in, selected

_LABELS = {
    "title": (
        "项目名称 活动名称 主题 活动主题 sop名称 标题 项目 sop标题 课程名称 训练营名称 name title 项目主题 "
        "营期名称 活动"
    ),
    "goal": (
        "目的 目标 活动目的 活动目标 核心目标 运营目的 运营目标 项目目标 项目目的 本次目标 goal goals 社群目标 目的目标"
    ),
    "metric": "考核指标 目标数 指标 kpi 预期数据 数据目标 目标数据 转化目标 关键指标 目标值 预期目标 达成目标",
    "event": (
        "活动时间 开课时间 直播时间 上课时间 开播时间 时间 发售时间 开营时间 开始时间 活动开始时间 event "
        "秒杀时间 公开课时间 开团时间 "
        "发布会时间 直播开始时间 开抢时间 活动日期"
    ),
    "zone": "时区 timezone",
    "quiet": "静默时段 免打扰时段 免打扰 勿扰时段 静默时间 静默 勿扰 免打扰时间 quiethours",
    "groups": "适用群 目标群 发送群 群组 群名单 群 推送群 groups 参与群 使用群 群名",
    "roles": "角色 发言角色 发送角色 人员配置 人员分工 运营人员 人员 roles 团队分工 账号分工",
    "lock": "锁定窗口 锁定时间 锁定时长 修改锁定 改动锁定 lockwindow",
    "holidays": "节假日 节假日规则 节假日处理 法定节假日 假期规则 holidays",
    "variables": "变量 variables 占位符 变量值",
    "known": (
        "目标人群 人群 规则 活动规则 备注 说明 对象 开始日期 结束日期 周期 活动周期 社群周期 负责人 城市 "
        "区县校区 学段 周末规则 "
        "模板类型 产品重点 是否需要结营表彰 生成状态 预算 奖品 奖励 活动形式 活动流程 活动背景 背景 渠道 "
        "平台 产品 运营周期 起止时间 "
        "活动对象 目标用户 用户画像 社群定位 群定位 群规 版本 更新时间 制表人 日期 地点 形式 主办方 "
        "活动内容 内容 阶段 门店 总负责人 "
        "项目负责人 活动亮点 活动方案 玩法 群数 群数量 人数 预计人数"
    ),
}
_KEYS = {word: key for key, words in _LABELS.items() for word in words.split()}
_APART = re.compile(r"[、,，;；\n]+")
_INLINE = re.compile(r"^\s*([^:：\n]{1,12})[:：]\s*(\S.*)$", re.DOTALL)
_NUMBERED = re.compile(r"(?:^|\n)\s*(?:[①-⑳]|\d{1,2}[.、)）])\s*")
_PROJECT = frozenset({"项目名称", "营期名称", "活动名称"})
_MOMENT = re.compile("(?!更新|制表|创建|修改|编制|截止|结束|推送|发送|发布|提醒)[\u4e00-\u9fff]{2,4}时间")
_SPAN = frozenset({"开始日期", "结束日期", "社群周期", "周末规则", "活动周期", "城市"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A label and its value."""

    label: Cell
    value: Cell
    text: str

    @property
    def name(self) -> str:
        """The label without spaces and signs."""
        return fold_heading(self.label.text.split("：")[0].split(":")[0])

    @property
    def key(self) -> str:
        """What the label means, "" when that is not known."""
        return key_of(self.name)


@dataclass(kw_only=True, slots=True)
class Front:
    """What is read of the frame; the first value of each kind counts."""

    notes: Notes
    title: str = ""
    zone: str = DEFAULT_ZONE
    goals: list[tuple[Goal, Source]] = field(default_factory=list)
    metrics: list[tuple[Goal, Source]] = field(default_factory=list)
    event: EventSpec | None = None
    quiet: QuietHours | None = None
    groups: tuple[Selector, ...] = ()
    lock_window: timedelta | None = None
    holidays: Holidays = "any"
    roles: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)

    def take(self, sheet: Sheet, facts: Iterable[Fact]) -> None:
        """Take in labels with their values; what has no known label is noted."""
        for fact in facts:
            self._take(fact, sheet.at(fact.value), sheet)

    def _take(self, fact: Fact, where: Source, sheet: Sheet) -> None:
        match fact.key:
            case "title":
                self.title = self.title or fact.text.split("\n")[0][:MAX_LINE]
            case "goal":
                self.goals += [(goal, where) for goal in _goals(fact.text)]
            case "metric":
                self.metrics += [(goal, where) for goal in _goals(fact.text)]
            case "zone":
                self.zone = read_zone(fact.text, where, self.notes)
            case "groups":
                self.groups = selected(fact.text)
            case "roles":
                self.roles |= _pairs(fact.text)
            case "":
                message = _("`{text}` is none of the labels that a front sheet has.").format(text=fact.label.text[:30])
                self.notes.warn("row-not-read", message, sheet.at(fact.label), hint=_("It changes nothing."))
            case _:
                self._take_timed(fact, where)

    def _take_timed(self, fact: Fact, where: Source) -> None:
        match fact.key:
            case "event":
                self._event(fact, where)
            case "quiet":
                self._quiet(fact.text, where)
            case "variables":
                self._variables(fact.text, where)
            case "lock":
                self._lock(fact.text, where)
            case "holidays":
                self._holidays(fact.text, where)

    def settled_goals(self) -> tuple[Goal, ...]:
        """Return at most two goals, with the metrics as their targets; more are an error."""
        chosen = self.goals or self.metrics
        if self.goals and len(self.goals) > MAX_GOALS:
            message = _("The SOP has {count} goals, and {limit} are possible.").format(
                count=len(self.goals), limit=MAX_GOALS
            )
            hint = _("Keep the one or two that decide whether the campaign worked.")
            self.notes.error("too-many-goals", message, self.goals[MAX_GOALS][1], hint=hint)
        targets = [goal for goal, _where in self.metrics] if self.goals else []
        for _goal, where in self.metrics[MAX_GOALS:]:
            message = _("A campaign has at most {limit} goals: this one is not counted.").format(limit=MAX_GOALS)
            self.notes.warn("metric-not-counted", message, where, hint=_("Reports show every stage anyway."))
        settled = []
        for number, (goal, _where) in enumerate(chosen[:MAX_GOALS]):
            target = targets[number] if number < len(targets) else None
            settled.append(replace(goal, target=goal.target or (_told(target) if target else "")))
        return tuple(settled)

    def _event(self, fact: Fact, where: Source) -> None:
        if self.event is not None:
            return
        value = fact.value.value if fact.text == fact.value.text else fact.text
        try:
            reading = read_time(value)
        except TimeNodeError:
            reading = None
        node = reading.when.node if reading and isinstance(reading.when, Scheduled) and reading.when.has_clock else None
        if isinstance(node, OnDay) and len(node.slots) == 1 and isinstance(node.day, CalendarDay):
            slot = replace(node.slots[0], end=None)
            name = re.sub(r"(?:开始)?(?:时间|日期)$", "", fact.name) or _("event")
            self.event = EventSpec(name=name, at=replace(node, slots=(slot,)), source=where)
        elif fact.name not in {"时间", "活动时间", "开始时间", "活动日期"}:
            message = _("`{text}` is not one date and clock, so times cannot count from it.").format(
                text=fact.text[:30]
            )
            self.notes.warn("event-not-read", message, where, hint=_("Write for example 2026-05-23 20:00."))

    def _quiet(self, text: str, where: Source) -> None:
        try:
            window = parse_window(text)
        except TimeNodeError as error:
            self.notes.refused("bad-value", error, where)
            return
        begin, end = window.start % DAY_MINUTES, (window.end or 0) % DAY_MINUTES
        self.quiet = QuietHours(start_minute=begin, end_minute=end, timezone=self.zone)

    def _lock(self, text: str, where: Source) -> None:
        self.lock_window = parse_duration(text)
        if self.lock_window is None:
            message = _("`{text}` is no length of time.").format(text=text[:30])
            self.notes.error("bad-duration", message, where, hint=_("Write for example 10分钟 or 1小时."))

    def _holidays(self, text: str, where: Source) -> None:
        found = holidays_in(text)
        if found is None:
            message = _("`{text}` says nothing that is known of holidays.").format(text=text[:30])
            self.notes.error("bad-value", message, where, hint=_("Write 照发, 不发, 只在节假日发 or 顺延."))
        self.holidays = found or self.holidays

    def _variables(self, text: str, where: Source) -> None:
        for name, value in _pairs(text).items():
            given = value if value != name else None
            if name.isidentifier() and name not in RESERVED and name not in BUILT_IN:
                self.variables[name] = Variable(name=name, default=given, source=where)
            else:
                message = _("`{name}` can't be the name of a variable.").format(name=name)
                self.notes.error("bad-name", message, where, hint=_("Use letters, digits and _."))


def key_of(name: str) -> str:
    """Return what a folded label means, "" when that is not known; `开盘时间` is an event's like `直播时间`."""
    return _KEYS.get(name, "") or ("event" if _MOMENT.fullmatch(name) else "")


def facts_of(sheet: Sheet, rows: Iterable[int]) -> Iterator[Fact]:
    """Yield label and value from rows of pairs, and from cells that hold both: `活动目的：拉新`."""
    for row in rows:
        cells = sheet.filled(row)
        at = 0
        while at < len(cells):
            cell = cells[at]
            inline = _INLINE.match(cell.text) if isinstance(cell.value, str) else None
            if inline and key_of(fold_heading(inline[1])):
                yield Fact(label=cell, value=cell, text=inline[2].strip())
                at += 1
            elif at + 1 < len(cells) and key_of(fold_heading(cell.text)):
                yield Fact(label=cell, value=cells[at + 1], text=cells[at + 1].text)
                at += 2
            else:
                if len(cells) > 1 and at == 0:
                    yield Fact(label=cell, value=cells[1], text=cells[1].text)
                at += 1


def project_facts(sheet: Sheet) -> tuple[list[Fact], list[int]] | None:
    """Return the facts of a sheet that has one project in each row below a row of labels: those of its first.

    Beside them the rows of further projects, which no SOP has. None for another sheet.
    """
    rows = sorted(sheet.rows)
    header = next((row for row in rows[:5] if _heads_projects(sheet, row)), None)
    below = [row for row in rows if header and row > header]
    if header is None or not below:
        return None
    pairs = [(heading, sheet.cell(below[0], heading.column)) for heading in sheet.filled(header)]
    facts = [Fact(label=heading, value=value, text=value.text) for heading, value in pairs if value]
    return [fact for fact in facts if fact.key], below[1:]


def _heads_projects(sheet: Sheet, row: int) -> bool:
    names = {fold_heading(cell.text) for cell in sheet.filled(row)}
    return bool(names & _PROJECT and names & _SPAN)


def is_front(sheet: Sheet) -> bool:
    """Return whether a sheet without tables is a project's frame."""
    known = [fact for fact in facts_of(sheet, sorted(sheet.rows)) if fact.key]
    return len(known) > 1 or any(fact.key in {"goal", "event", "roles"} for fact in known)


def _goals(text: str) -> list[Goal]:
    pieces = [piece.strip() for piece in _NUMBERED.split(text) if piece.strip()]
    return [Goal(text=piece[:MAX_LINE]) for piece in (pieces if len(pieces) > 1 else [text.strip()])]


def _told(goal: Goal) -> str:
    return f"{goal.text} {goal.target}".strip()


def _pairs(text: str) -> dict[str, str]:
    """Return `主讲=张老师、班主任` as name -> what stands behind the sign, the name itself when nothing does."""
    found = {}
    for piece in _APART.split(text):
        name, _sign, value = piece.replace("：", "=").replace(":", "=", 1).partition("=")
        if name.strip():
            found[name.strip()[:MAX_LINE]] = value.strip() or name.strip()
    return found
