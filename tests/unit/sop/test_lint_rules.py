"""Each rule of lint fires where it should, and stays silent where it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from groupbot.sop.document import Goal, Sop
from groupbot.sop.lint.deadlines import deadlines_in
from groupbot.sop.lint.links import judge
from groupbot.sop.lint.materials import LARGEST
from groupbot.sop.lint.rules import lint, lint_campaign
from groupbot.sop.planned import PlanGroup, SopError
from tests.unit.sop.conftest import MemoryFiles

Load = Callable[[str | bytes], Sop]
HEAD = """\
name: small
title: 小营
roles: {host: 主讲, extra: %s}
variables: {home: {default: "https://example.com"}, shop: 店铺链接}
materials: {poster: {path: poster.png}}
%s
phases:
  - name: 开营
    steps:
"""


def written(*steps: str, top: str = "", extra: str = "助教") -> str:
    """Return an SOP of `steps`, each written as the inside of a flow mapping."""
    return HEAD % (extra, top) + "".join(f"      - {{id: s{number}, {step}}}\n" for number, step in enumerate(steps))


def codes(sop: Sop) -> list[str]:
    return [problem.code for problem in lint(sop)]


def groups(count: int, **variables: str) -> tuple[PlanGroup, ...]:
    return tuple(PlanGroup(name=f"g{number}", variables=variables) for number in range(count))


class TestTimes:
    def test_steps_due_together_in_the_same_groups(self, load_text: Load) -> None:
        (problem,) = lint(
            load_text(written('at: "D1 20:00", text: a', 'at: "D1 20:00", text: b', 'at: "D2 20:00", text: c'))
        )

        assert problem.code == "same-time"
        assert "s0, s1" in problem.message
        assert "20:00" in problem.message
        assert problem.where.line == 11

    def test_a_clash_that_comes_every_day_is_told_once(self, load_text: Load) -> None:
        found = codes(load_text(written('at: "daily 20:00 until D5", text: a', 'at: "daily 20:00 until D5", text: b')))

        assert found == ["same-time"]

    @pytest.mark.parametrize(
        "second",
        [
            'at: "D1 20:01", text: b',
            'at: "D1 20:00", text: b, groups: {squad: west}',
            'at: "D1 20:00", task: b',
            'at: "after s0", text: b',
            'at: "D1 20:00", text: b, lint_off: same-time',
        ],
    )
    def test_no_clash(self, load_text: Load, second: str) -> None:
        assert codes(load_text(written('at: "D1 20:00", text: a, groups: {squad: east}', second))) == []

    def test_groups_of_a_campaign_tell_whether_steps_meet(self, load_text: Load) -> None:
        sop = load_text(
            written('at: "D1 20:00", text: a, groups: {tag: x}', 'at: "D1 20:00", text: b, groups: {tag: y}')
        )
        start = date(2026, 5, 18)
        apart = (PlanGroup(name="A", tags=frozenset("x")), PlanGroup(name="B", tags=frozenset("y")))
        both = (PlanGroup(name="C", tags=frozenset("xy")),)
        unknown = (PlanGroup(name="D", known=False),)

        assert lint_campaign(sop, groups=apart, start=start) == ()
        assert [problem.code for problem in lint_campaign(sop, groups=both, start=start)] == ["same-time"]
        assert lint_campaign(sop, groups=unknown, start=start) == ()

    def test_a_step_due_while_parts_still_go_out(self, load_text: Load) -> None:
        parts = 'at: "D1 20:00", parts: [{text: a}, {text: b, gap: %s}]'

        (problem,) = lint(load_text(written(parts % "5m", 'at: "D1 20:03", text: c')))
        assert problem.code == "steps-overlap"
        assert "20:05:00" in problem.message
        assert codes(load_text(written(parts % "3m", 'at: "D1 20:03", text: c'))) == []

    def test_too_many_messages_at_once(self, load_text: Load) -> None:
        many = "parts: [" + ", ".join("{text: a}" for _ in range(7)) + "]"

        (problem,) = lint(load_text(written(f'at: "D1 20:00", {many}', f'at: "D1 20:09", {many}')))
        assert problem.code == "burst"
        assert "14" in problem.message
        assert codes(load_text(written(f'at: "D1 20:00", {many}', f'at: "D1 20:10", {many}'))) == []
        assert (
            codes(
                load_text(
                    written(
                        f'at: "D1 20:00", {many}, groups: {{squad: e}}', f'at: "D1 20:09", {many}, groups: {{squad: w}}'
                    )
                )
            )
            == []
        )


class TestDeadlines:
    DUE = datetime.fromisoformat("2026-05-18T19:00:00+08:00")

    @pytest.mark.parametrize(
        ("text", "until"),
        [
            ("今晚20:00截止", "2026-05-18 20:00"),
            ("今晚8点截止报名", "2026-05-18 20:00"),
            ("今晚８：３０前".replace("８：３０", "8：30"), "2026-05-18 20:30"),
            ("今晚九点", None),
            ("报名截止时间：今晚 22 点半", "2026-05-18 22:30"),
            ("晚上10点整准时关闭", "2026-05-18 22:00"),
            ("明早8点恢复原价", "2026-05-19 08:00"),
            ("今天24:00截止", "2026-05-19 00:00"),
            ("8:00之前到的同学", None),
            ("最后2小时", "2026-05-18 20:01"),
            ("还剩10分钟", "2026-05-18 19:06"),
            ("倒计时半小时", "2026-05-18 19:16"),
            ("今晚就要截止啦", "2026-05-19 00:00"),
            ("最后一天", "2026-05-19 00:00"),
            ("满 20 人截止", None),
            ("今晚20:00开播", None),
        ],
    )
    def test_what_words_say(self, text: str, until: str | None) -> None:
        found = [f"{deadline.until:%Y-%m-%d %H:%M}" for deadline in deadlines_in(text, self.DUE)]

        assert found == ([until] if until else [])

    def test_a_late_post_may_go_out_after_the_end(self, load_text: Load) -> None:
        (problem,) = lint(load_text(written('at: "D1 19:40", text: 今晚20:00截止')))

        assert problem.code == "deadline-passed"
        assert "20:10" in problem.message
        assert "at most 19 minutes" in problem.hint

    def test_a_window_may_end_after_it(self, load_text: Load) -> None:
        assert codes(load_text(written('at: "D1 19:00-21:00", text: 今晚20:00截止'))) == ["deadline-passed"]

    def test_it_is_posted_too_late_from_the_start(self, load_text: Load) -> None:
        (problem,) = lint(load_text(written('at: "D1 20:30", text: 今晚20:00截止')))

        assert "is over when" in problem.message

    def test_sent_however_late(self, load_text: Load) -> None:
        assert codes(load_text(written('at: "D1 08:00", text: 今晚20:00截止, late: {then: send}'))) == [
            "deadline-passed"
        ]

    def test_the_last_group_has_it_too_late(self, load_text: Load) -> None:
        sop = load_text(written('at: "D1 12:00", text: 今晚20:00截止'))
        key, day = ("s0", "2026-05-18.0"), date(2026, 5, 18)

        def found(hour: int) -> list[str]:
            last = datetime(2026, 5, 18, hour, tzinfo=ZoneInfo(sop.timezone))
            return [one.message for one in lint_campaign(sop, groups=groups(2), start=day, begins={key: last})]

        assert found(19) == []
        (message,) = found(20)
        assert "last group" in message
        assert "20:00" in message

    @pytest.mark.parametrize(
        "step",
        [
            'at: "D1 19:40", text: 今晚20:00截止, late: {grace: 10m}',
            'at: "D1 12:00", text: 今晚20:00截止',
            'at: "D1 19:40", text: 今晚20:00开播',
            'at: "D1 19:40", text: 今晚20:00截止, lint_off: [deadline-passed]',
            "at: T, text: 今晚20:00截止",
        ],
    )
    def test_nothing_to_say(self, load_text: Load, step: str) -> None:
        assert codes(load_text(written(step, top="event: {name: 直播}"))) == []


class TestLinks:
    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("https://example.com/a?b=1#c", None),
            ("https://中文.example/a", None),
            ("http://8.8.8.8/x", None),
            ("https://exa mple.com", "bad-link"),
            ("https：//example.com", "bad-link"),
            ("ｈttps://example.com", "bad-link"),
            ("https:/example.com", "bad-link"),
            ("example.com/a", "bad-link"),
            ("https://example", "bad-link"),
            ("https://", "bad-link"),
            ("https://[::1", "bad-link"),
            ("http://localhost:8000/a", "private-link"),
            ("http://192.168.1.9/a", "private-link"),
            ("http://10.0.0.1", "private-link"),
            ("https://wiki.internal/a", "private-link"),
            ("https://t.cn/A6x", "short-link"),
            ("https://www.bit.ly/x", "short-link"),
        ],
    )
    def test_an_address(self, address: str, code: str | None) -> None:
        judged = judge(address)

        assert (judged[0] if judged else None) == code

    def test_addresses_in_texts_and_cards(self, load_text: Load) -> None:
        sop = load_text(
            written(
                'at: "D1 08:00", text: "看这里https://t.cn/a，快来"',
                'at: "D2 08:00", link: {url: "{{ home }} /x", title: t}',
                'at: "D3 08:00", link: {url: "{{ shop }}", title: t}',
                'at: "D4 08:00", link: {url: "{{ shop }}/a", title: t}',
                'at: "D5 08:00", text: "好的{{ home }}/a去看"',
                'at: "D6 08:00", text: "https://t.cn/a", lint_off: short-link',
            )
        )

        assert [(problem.code, problem.where.line) for problem in lint(sop)] == [("short-link", 10), ("bad-link", 11)]


class TestOthers:
    def test_goals(self, load_text: Load) -> None:
        sop = load_text(written('at: "D1 08:00", text: a'))
        three = replace(sop, goals=tuple(Goal(text=text) for text in "abc"))

        (problem,) = lint(three)
        assert (problem.code, problem.level) == ("too-many-goals", "error")
        assert lint(replace(sop, goals=three.goals[:2])) == ()

    @pytest.mark.parametrize(("more", "found"), [(1, ["material-too-large"]), (0, [])])
    def test_a_large_material(self, load_text: Load, files: MemoryFiles, more: int, found: list[str]) -> None:
        files.contents["poster.png"] = bytes(LARGEST["image"] + more)

        assert codes(load_text(written('at: "D1 08:00", image: poster', 'at: "D2 08:00", image: poster'))) == found

    def test_the_same_text_to_many_groups(self, load_text: Load) -> None:
        long = "今天的任务已经发出来啦，大家记得早点完成然后来打卡"
        sop = load_text(
            written(
                f'at: "D1 08:00", text: {long}',
                f'at: "D2 08:00", text: "{long}{{{{ home }}}}"',
                'at: "D3 08:00", text: 早安',
            )
        )
        start = date(2026, 5, 18)

        (problem,) = lint_campaign(sop, groups=groups(11), start=start)
        assert problem.code == "same-text"
        assert "11 groups in 2 steps" in problem.message
        (problem,) = lint_campaign(sop, groups=groups(11, home="https://example.com/1"), start=start)
        assert "in 1 steps" in problem.message
        assert lint_campaign(sop, groups=groups(10), start=start) == ()
        assert lint(sop) == ()

    @pytest.mark.parametrize(
        "step",
        [
            'at: "D1 08:00", task: 安排水军在群里晒单',
            'at: "D1 08:00", task: 打招呼, assignee: 小号',
            'at: "D1 08:00", speaker: extra, text: 太好了',
            'at: "D1 08:00", text: "【水军1】：我已经付款了"',
        ],
    )
    def test_staged_members_are_refused(self, load_text: Load, step: str) -> None:
        with pytest.raises(SopError) as refused:
            load_text(written(step, extra="水军"))

        assert [problem.code for problem in refused.value.problems if problem.level == "error"] == ["staged-members"]

    @pytest.mark.parametrize(
        "step",
        [
            'at: "D1 08:00", text: 我们群里没有水军，放心聊',
            'at: "D1 08:00", task: 看见水军和广告就清理，严禁找托儿',
            'at: "D1 08:00", text: 托福班开课啦',
        ],
    )
    def test_words_about_staged_members_are_not(self, load_text: Load, step: str) -> None:
        load_text(written(step))
