"""From what thumbs type on phones to commands and typed arguments."""

from datetime import date, time, timedelta

import pytest

from groupbot.admin.declare import Command, Kind, Parameter
from groupbot.admin.parsing import Grammar, Misread, Parsed
from groupbot.admin.registry import Registry
from groupbot.admin.values import Names, Surroundings
from groupbot.admin.words import details, family, overview, usage
from groupbot.core.roles import Role

AROUND = Surroundings(
    today=date(2026, 5, 18),
    names=Names(groups=("camp-1", "camp-2", "东区 一群", "（内部）群"), squads=("east",), people=("小周",)),
    mentioned={"@张 三": "u-zhang"},
)


def command(name, *parameters, alias="", **more):
    async def nothing(_call):
        raise AssertionError

    aliases = (tuple(alias.split()),) if alias else ()
    usual = {"role": Role.STAFF, "help": f"does {name}", "example": f"/{name}", "handler": nothing}
    return Command(path=tuple(name.split()), aliases=aliases, parameters=parameters, **(usual | more))


def of(kind, name="x", **more):
    return Parameter(name=name, label=name, kind=kind, **more)


COMMANDS = (
    command(
        "活动 启动",
        of(Kind.WORD, "sop"),
        of(Kind.GROUP, "groups", many=True, optional=True),
        of(Kind.CLOCK, "at", words=("时间", "at")),
        alias="campaign launch",
    ),
    command("活动 列表", alias="campaign list"),
    command("改时间", of(Kind.STEP, "step"), of(Kind.DATE, "day"), of(Kind.CLOCK, "clock", optional=True)),
    command("备注", of(Kind.MEMBER, "member"), of(Kind.REST, "text")),
    command("公告", of(Kind.REST, "text"), of(Kind.GROUP, "group", words=("群",))),
    command("完成", of(Kind.INT, "number"), alias="done"),
    command("等", of(Kind.DURATION, "length")),
    command("看", of(Kind.CHOICE, "what", choices=(("群", "groups"), ("人", "people")))),
    command("组长", of(Kind.SQUAD, "squad"), of(Kind.PERSON, "person")),
)
GRAMMAR = Grammar(Registry(COMMANDS))


@pytest.mark.parametrize(
    ("line", "name", "arguments"),
    [
        ("/活动 列表", "活动 列表", {}),
        ("／活动列表", "活动 列表", {}),
        ("/ 活动　列表 ", "活动 列表", {}),
        ("/Campaign LIST", "活动 列表", {}),
        ("/活动启动 七天", "活动 启动", {"sop": "七天"}),
        (
            "/活动 启动 “七天 营” camp-1，camp-2、camp-1",
            "活动 启动",
            {"sop": "七天 营", "groups": ("camp-1", "camp-2")},
        ),
        ("/活动 启动 七天,营 「东区 一群」", "活动 启动", {"sop": "七天,营", "groups": ("东区 一群",)}),
        (
            "/活动 启动 时间：２０：３０ x (内部)",
            "活动 启动",
            {"sop": "x", "groups": ("（内部）群",), "at": time(20, 30)},
        ),
        ("/活动 启动 x at=晚8点", "活动 启动", {"sop": "x", "at": time(20)}),
        ("/活动 启动 http://a/b=c", "活动 启动", {"sop": "http://a/b=c"}),
        ("/改时间 s1 ５－２０ 晚上8点半", "改时间", {"step": "s1", "day": date(2026, 5, 20), "clock": time(20, 30)}),
        ("/备注 @张 三\u2005 爱问，\n第二行", "备注", {"member": "u-zhang", "text": "爱问，\n第二行"}),
        ("/备注 u-9 “都要”", "备注", {"member": "u-9", "text": "都要"}),
        ("/公告 群：上课了 -- a=b 「x」", "公告", {"text": "群：上课了 -- a=b 「x」"}),
        ("/完成 #１２", "完成", {"number": 12}),
        ("/完成12", "完成", {"number": 12}),
        ("/done 7", "完成", {"number": 7}),
        ("/看 Groups", "看", {"what": "群"}),
        ("/组长 EAST 小", "组长", {"squad": "east", "person": "小周"}),
    ],
)
def test_a_line_is_understood(line, name, arguments):
    parsed = GRAMMAR.parse(line, AROUND)
    assert isinstance(parsed, Parsed), parsed
    assert (parsed.command.name, dict(parsed.arguments)) == (name, arguments)


@pytest.mark.parametrize(
    ("line", "reason", "hint"),
    [
        ("/", "no such command", "/帮助"),
        ("/活动", "a second word", "/帮助 活动"),
        ("/活动 启功 x", "no such command", "/活动 启动"),
        ("/campain list", "no such command", "/campaign list"),
        ("/啊啊啊啊啊", "no such command", "/帮助"),
        ("/活动 启动", "sop is missing", "/活动 启动 <sop> [groups…] [时间=at]"),
        ("/活动 列表 x", "more than", "/活动 列表"),
        ("/活动 启动 x camp", "could be camp-1, camp-2", ""),
        ("/活动 启动 x nowhere", "Nothing is called nowhere", ""),
        ("/活动 启动 x 时间=", "no time of day", ""),
        ("/活动 启动 x 时间=25:00", "no time of day", ""),
        ("/完成 x", "no number", ""),
        ("/完成 9999999999", "no number", ""),
        ("/完成 -1", "no number", ""),
        ("/完成 1 2", "more than", ""),
        ("/改时间 s1 2-30", "no day", ""),
        ("/等 0分钟", "no length", ""),
        ("/看 x", "none of 群, 人", ""),
        ("/备注 @李四 hi", "Nobody can be told", ""),
        ('/备注 u ""', "empty", ""),
    ],
)
def test_what_is_not_understood_says_what_to_write(line, reason, hint):
    misread = GRAMMAR.parse(line, AROUND)
    assert isinstance(misread, Misread), misread
    assert reason in misread.reason
    assert hint in misread.hint
    assert misread.hint


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("今天", date(2026, 5, 18)),
        ("明天", date(2026, 5, 19)),
        ("+3", date(2026, 5, 21)),
        ("3天后", date(2026, 5, 21)),
        ("5-18", date(2026, 5, 18)),
        ("5月17日", date(2027, 5, 17)),
        ("2026-05-01", date(2026, 5, 1)),
        ("2026年5月1号", date(2026, 5, 1)),
        ("2-29", date(2028, 2, 29)),
    ],
)
def test_days(typed, day):
    assert GRAMMAR.parse(f"/改时间 s {typed}", AROUND).arguments["day"] == day


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("20:00", time(20)),
        ("20点", time(20)),
        ("8点一刻", time(8, 15)),
        ("晚上8点30分", time(20, 30)),
        ("下午3点", time(15)),
        ("中午12点", time(12)),
        ("中午1点", time(13)),
        ("凌晨1点", time(1)),
        ("8pm", time(20)),
        ("12am", time(0)),
        ("9:05", time(9, 5)),
    ],
)
def test_clocks(typed, clock):
    assert GRAMMAR.parse(f"/改时间 s 今天 {typed}", AROUND).arguments["clock"] == clock


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("30分钟", timedelta(minutes=30)),
        ("2小时", timedelta(hours=2)),
        ("2个小时", timedelta(hours=2)),
        ("1天", timedelta(days=1)),
        ("90s", timedelta(seconds=90)),
        ("1h", timedelta(hours=1)),
        ("5min", timedelta(minutes=5)),
    ],
)
def test_lengths(typed, length):
    assert GRAMMAR.parse(f"/等 {typed}", AROUND).arguments["length"] == length


def test_a_number_alone_is_no_clock():
    assert isinstance(GRAMMAR.parse("/改时间 s 今天 20", AROUND), Misread)


def test_help_comes_from_the_declaration_and_fits_a_phone():
    assert overview(COMMANDS).splitlines()[0] == "/活动 启动 列表"
    assert len(overview(COMMANDS).splitlines()) <= 20
    assert usage(COMMANDS[3]) == "/备注 <member> <text>"
    assert "/campaign launch" in details(COMMANDS[0])
    assert family(COMMANDS[:2]) == "/活动 启动: does 活动 启动\n/活动 列表: does 活动 列表"


def test_a_command_that_a_plugin_takes_away_is_gone():
    registry = Registry()
    grammar = Grammar(registry)
    for name in ("小", "小"):
        remove = registry.add(command(name, of(Kind.INT, name)))
        assert isinstance(grammar.parse("/小 1", AROUND), Parsed)
        remove()
        remove()
        assert isinstance(grammar.parse("/小 1", AROUND), Misread)
