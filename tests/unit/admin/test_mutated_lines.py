"""Seeded mutations of command lines, by everybody, everywhere: nothing raises or runs without right and confirm."""

from dataclasses import replace
from random import Random

from groupbot.admin.declare import Answer, Command, Kind, Parameter, Plan
from groupbot.admin.registry import Registry
from groupbot.core.roles import Role

from .conftest import Chat
from .extent import LINES
from .test_rights_table import CHATS, DECISIONS, PEOPLE, is_allowed

SIGNS = (
    "/／ 　,，:：=＝#＃@＠\"'“”‘’「」『』\\\n\t\0\u2005\u200b\ufeff-—{}[]()（）%$0123456789１２９abcXYZ"
    "活动启停群好😀\ud800"
)
WORDS = (
    "--",
    "--help",
    "-h",
    "@all",
    "camp-1",
    "camp-2",
    "nowhere",
    "今天",
    "晚8点",
    "时间=",
    "1234",
    "#1 1",
    "确认",
    "x" * 300,
)


class Watch:
    """Every command of the registry with a handler that only notes, and one more that asks before it acts."""

    def __init__(self):
        self.chat = Chat()
        self.confirmed = []
        self.ran = []
        registry = self.chat.room.services.registry
        commands = [
            replace(command, handler=self.note, plan=command.plan and self.plan) for command in registry.commands
        ]
        rest = Parameter(name="rest", label="r", kind=Kind.REST, optional=True)
        many = Parameter(name="groups", label="g", kind=Kind.GROUP, many=True)
        at = Parameter(name="at", label="t", kind=Kind.CLOCK, words=("时间",))
        for number, parameters in enumerate(((rest,), (many, at))):
            commands.append(
                Command(
                    path=("撤", "全部")[: number + 1],
                    parameters=parameters,
                    role=Role.OPERATOR,
                    plan=self.plan,
                    help="h",
                    example="/撤",
                    handler=self.note,
                )
            )
        fresh = Registry(commands)
        registry._commands, registry._by_name = fresh._commands, fresh._by_name
        self.chat.room.runner.confirming._draw = iter(["7777", "8888"] * LINES).__next__
        self.lines = [command.example for command in commands] + ["/撤 全部 camp-1、camp-2 时间=20:00", "/撤 都"]

    async def plan(self, _call):
        return Plan(text="really?")

    async def note(self, call):
        self.ran.append((call.command, call.actor, call.place))
        return Answer(text="done")


def mutated(rng, line):
    for _time in range(rng.choice((0, 1, 1, 2, 4))):
        at = rng.randrange(len(line) + 1)
        match rng.randrange(5):
            case 0:
                line = line[:at] + rng.choice(SIGNS) + line[at:]
            case 1:
                line = line[:at] + line[at + 1 :]
            case 2:
                line = f"{line[:at]} {rng.choice(WORDS)} {line[at:]}"
            case 3:
                line = line[:at] + line[at : at + 3][::-1] + line[at + 3 :]
            case 4:
                line = line[at:] + line[:at]
    return line


async def test_no_line_raises_and_none_changes_anything_without_right_and_confirm():
    rng, watch = Random(20261122), Watch()
    chat = watch.chat
    people, groups = list(PEOPLE), list(CHATS)
    ran = 0
    for _line in range(LINES):
        if len(chat.said.orders) > 200:
            chat.said.orders.clear()
            chat.audit.entries.clear()
        line = mutated(rng, rng.choice(watch.lines))
        by, group = rng.choice(people), rng.choice(groups)
        said = await chat.type(line, by=by, group=group)
        for command, actor, place in watch.ran:
            ran += 1
            assert (actor.member_id, place.group is None) == (by, group is None)
            assert command.plan is None, line
            assert command.name in DECISIONS
            assert is_allowed(command.name, PEOPLE[by], group), line
        watch.ran.clear()
        assert "fault" not in (said or ""), line
        assert "\0" not in (said or "").encode().decode(), line
        if CHATS[group][0] == "customer_group":
            assert said is None, line
    assert ran > LINES / 100
