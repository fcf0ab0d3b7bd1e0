"""Edits of config.toml's text: one thing changes, every other byte stays."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.errors import ConfigError
from groupbot.settings.editing import (
    AddPerson,
    AddSquad,
    BindGroup,
    LeadSquad,
    MoveGroup,
    RenameGroup,
    SeatSquad,
    SetRisk,
    TagGroup,
    UnbindGroup,
    edited,
)

EXAMPLE = (Path(__file__).parents[3] / "config.example.toml").read_text("utf-8")
TEXT = """\
# 我们的配置
locale = "zh"   # 中文

# ── 机器人号 ──
[[accounts]]
name = "main"
adapter = "console"

# ── 群 ──

[[groups]]      # 第一个
name = "camp-1"
account = "main"
id = "r1@chatroom"
tags = [ "camp",   # 训练营 #1
  "new" ]   # 选群用
#squad = ""

# 李老师的群
[[groups]]
name = "ops"
account = "main"
id = "r2@chatroom"
[groups.variables]
teacher = "李老师 # 不是注释"

# ── 分组 ──
[[squads]]
name = "east"
group = "ops"   # 小组长在这里

[admin]
groups = ["ops"]
"""


def changes(before: str, after: str) -> list[str]:
    """Return the lines that went and came, without the unchanged ones."""
    return [line for line in difflib.ndiff(before.split("\n"), after.split("\n")) if line[0] in "+-"]


def test_a_value_changes_and_its_comment_stays() -> None:
    assert changes(TEXT, edited(TEXT, [SeatSquad(name="east", group="camp-1")])) == [
        '- group = "ops"   # 小组长在这里',
        '+ group = "camp-1"   # 小组长在这里',
    ]


def test_a_list_over_several_lines_is_one_value() -> None:
    after = edited(TEXT, [TagGroup(name="camp-1", tags=("camp", "vip"))])
    assert '\ntags = ["camp", "vip"]   # 选群用\n#squad = ""\n\n# 李老师的群\n' in after
    assert len(after.split("\n")) == len(TEXT.split("\n")) - 1


def test_a_new_key_stands_with_the_blocks_others() -> None:
    after = edited(TEXT, [MoveGroup(name="ops", squad="east"), LeadSquad(name="east", leader="小周")])
    assert changes(TEXT, after) == ['+ squad = "east"', '+ leader = "小周"']
    assert 'id = "r2@chatroom"\nsquad = "east"\n[groups.variables]\n' in after


def test_what_is_done_about_advertisements_in_a_group() -> None:
    assert changes(TEXT, edited(TEXT, [SetRisk(name="ops", risk="strict")])) == ['+ risk = "strict"']


def test_a_new_block_stands_behind_the_last_of_its_kind_and_before_the_next_heading() -> None:
    after = edited(TEXT, [BindGroup(name="camp-2", account="main", id="r3@chatroom", tags=("camp",))])
    assert changes(TEXT, after) == [
        "+ [[groups]]",
        '+ name = "camp-2"',
        '+ account = "main"',
        '+ id = "r3@chatroom"',
        '+ tags = ["camp"]',
        "+ ",
    ]
    assert 'teacher = "李老师 # 不是注释"\n\n[[groups]]\nname = "camp-2"' in after
    assert 'tags = ["camp"]\n\n# ── 分组 ──\n' in after


def test_the_first_block_of_its_kind_ends_the_file() -> None:
    after = edited(TEXT.rstrip("\n"), [AddPerson(name="小周", role="leader", squads=("east",), ids={"main": "wx 1"})])
    tail = '\n\n[[people]]\nname = "小周"\nrole = "leader"\nids = { main = "wx 1" }\nsquads = ["east"]\n'
    assert after == TEXT.rstrip("\n") + tail


def test_an_empty_file_takes_a_block() -> None:
    assert edited("", [AddSquad(name="东区")]) == '[[squads]]\nname = "东区"\n'


def test_a_group_goes_with_the_tables_inside_it() -> None:
    after = edited(TEXT, [UnbindGroup(name="ops")])
    assert "# 李老师的群\n# ── 分组 ──\n[[squads]]" in after
    assert [group["name"] for group in tomllib.loads(after)["groups"]] == ["camp-1"]


def test_a_renamed_group_is_renamed_wherever_it_is_named() -> None:
    assert [
        line[2:] for line in changes(TEXT, edited(TEXT, [RenameGroup(name="ops", to="总部")])) if line[0] == "+"
    ] == [
        'name = "总部"',
        'group = "总部"   # 小组长在这里',
        'groups = ["总部"]',
    ]


def test_line_ends_of_windows_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    after = edited(text, [AddSquad(name="west"), TagGroup(name="ops", tags=("x",)), TagGroup(name="camp-1", tags=())])
    assert "\n" not in after.replace("\r\n", "")


def test_who_is_not_there_is_refused_with_those_who_are() -> None:
    with pytest.raises(ConfigError, match="camp-9") as refused:
        edited(TEXT, [TagGroup(name="camp-9", tags=())])
    assert "camp-1" in refused.value.hint


@pytest.mark.parametrize(
    "text",
    [
        'groups = [{ name = "ops", account = "main", id = "1" }]\n',
        '[[groups]]\nname.x = 1\n[[groups]]\n"na\\u006De" = "ops"\n',
        'admin.groups = ["ops"]\n[[groups]]\nname = "ops"\n',
    ],
)
def test_what_only_a_person_can_edit_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="only a person"):
        edited(text, [RenameGroup(name="ops", to="x")])


def test_the_example_keeps_its_headings() -> None:
    after = edited(
        EXAMPLE, [BindGroup(name="new", account="main", id="n@chatroom"), AddSquad(name="south", leader="小周")]
    )
    assert 'id = "n@chatroom"\n\n[[pools]]' in after
    assert 'leader = "小周"\n\n# ── ' in after
    assert all(line[0] == "+" for line in changes(EXAMPLE, after))


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
COMMENTS = st.sampled_from(["", "# 说明", " # [[groups]] name = 1", "\t#'\"#"])
VALUES = st.sampled_from(
    ['"a # b"', "'c'", "[1, # x\n 2]", '"""\n[[groups]]\n# z\n"""', "{ a = 1 }", "1979-05-27", "'''#'''"]
)


@st.composite
def configs(draw: st.DrawFn) -> str:
    """Draw a config: blocks of several kinds in any order, with comments, blank lines and odd values anywhere."""
    text = ""
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["[[groups]]", "[[squads]]", f"[plugins.p{number}]", f"[ 'x y{number}' ]"]))
        text += draw(st.sampled_from(["", "\n", "# ── 标题 ──\n\n", "# 说明\n"])) + kind + draw(COMMENTS) + "\n"
        text += f'name = "n{number}"{draw(COMMENTS)}\n'
        for key in draw(st.lists(st.sampled_from(["tags", "squad", "leader", "note", "other"]), unique=True)):
            text += f"{key}{draw(st.sampled_from(['=', ' = ']))}{draw(VALUES)}{draw(COMMENTS)}\n"
            text += draw(st.sampled_from(["", "\n", "#off = 1\n"]))
    return text[: -draw(st.integers(0, 1))] or text


@given(text=configs(), name=WORDS, tags=st.lists(WORDS, max_size=3).map(tuple), data=st.data())
def test_everything_else_stays_byte_for_byte(text: str, name: str, tags: tuple[str, ...], data: st.DataObject) -> None:
    raw = tomllib.loads(text)
    known = [group["name"] for group in raw.get("groups", [])]
    added = edited(text, [BindGroup(name=name, account="main", id="1", tags=tags)])
    assert removed(text, added) in {"", text.rsplit("\n", 1)[-1]}
    assert tomllib.loads(added)["groups"][-1] == {"name": name, "account": "main", "id": "1"} | (
        {"tags": list(tags)} if tags else {}
    )
    if name not in known:
        back = edited(added, [UnbindGroup(name=name)])
        assert back.rstrip("\n") == text.rstrip("\n") or tomllib.loads(back) == raw
    if known:
        one = data.draw(st.sampled_from(known))
        moved = edited(text, [TagGroup(name=one, tags=tags), MoveGroup(name=one, squad=name)])
        raw["groups"][known.index(one)].update(tags=list(tags), squad=name)
        assert tomllib.loads(moved) == raw


def removed(before: str, after: str) -> str:
    """Return what of `before` is not in `after`, where one stretch was put in."""
    head = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    tail = before[head:]
    return "" if after.endswith(tail) else tail
