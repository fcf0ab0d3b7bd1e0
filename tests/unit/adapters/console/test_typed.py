import pytest

from groupbot.adapters.console import typed
from groupbot.adapters.console.scene import PRIVATE, Joined, Left, Said

GROUPS = {"g1": "晨读", "g2": "晨读 2 群"}


@pytest.mark.parametrize(
    ("line", "group", "name", "text"),
    [
        ("晨读 张三: 你好", "g1", "张三", "你好"),
        ("晨读 2 群 张三：你好：吗", "g2", "张三", "你好：吗"),
        ("g2 Li Lei: hi: there ", "g2", "Li Lei", "hi: there"),
        ("晨读\u3000张三:在", "g1", "张三", "在"),
    ],
)
def test_a_message(line, group, name, text, start):
    said = typed.parse(line, groups=GROUPS, at=start)
    assert said == Said(at=start, group=group, member=typed.person(name), text=text)


@pytest.mark.parametrize("line", ["@张三: /认领 ABC", "＠ 张三：/认领 ABC"])
def test_words_to_the_bot_alone(line, start):
    said = typed.parse(line, groups=GROUPS, at=start)
    assert said == Said(at=start, group=PRIVATE, member=typed.person("张三"), text="/认领 ABC")


def test_joins_and_leaves(start):
    assert typed.parse("+晨读 张三", groups=GROUPS, at=start) == Joined(
        at=start, group="g1", member=typed.person("张三")
    )
    assert typed.parse(" - 晨读 2 群 张三", groups=GROUPS, at=start) == Left(
        at=start, group="g2", member=typed.person("张三")
    )


@pytest.mark.parametrize("line", [">晨读 张三: /tmp/第一期 SOP.xlsx", "》晨读 张三：'/tmp/第一期 SOP.xlsx'"])
def test_a_file(line, start):
    said = typed.parse(line, groups=GROUPS, at=start)
    path = "/tmp/第一期 SOP.xlsx"
    assert said == Said(at=start, group="g1", member=typed.person("张三"), text="第一期 SOP.xlsx", path=path)


@pytest.mark.parametrize("line", ["?", " ？ "])
def test_help_is_asked_for(line, start):
    assert typed.parse(line, groups=GROUPS, at=start) == typed.Asked()


@pytest.mark.parametrize("line", ["", "   "])
def test_an_empty_line_means_nothing(line, start):
    assert typed.parse(line, groups=GROUPS, at=start) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("夜读 张三: 你好", "晨读 2 群"),
        ("晨读张三: 你好", "No group"),
        ("晨读 张三 你好", "GROUP NAME: words"),
        ("晨读 : 你好", "GROUP NAME: words"),
        ("晨读 张三:", "GROUP NAME: words"),
        (">晨读 张三", ">GROUP NAME: FILE"),
        ("+晨读", "Who?"),
        ("-", "No group"),
        ("+@张三", "No group"),
    ],
)
def test_what_is_not_understood_says_why(line, words, start):
    unclear = typed.parse(line, groups=GROUPS, at=start)
    assert isinstance(unclear, typed.Unclear)
    assert words in unclear.why


def test_the_same_name_is_the_same_member():
    assert typed.person("张三") == typed.person("张三") != typed.person("李四")
