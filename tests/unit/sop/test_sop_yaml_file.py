"""Files that are no usable YAML, told with a line; and scalars that stay what was written."""

from __future__ import annotations

import pytest

from groupbot.sop.planned import SopError
from groupbot.sop.yaml_file import MAX_BYTES, read_yaml

BROKEN = {
    "empty": (b"", "empty-file", 1),
    "only a comment": (b"# nothing\n", "empty-file", 1),
    "a list at the top": (b"\n- a\n- b\n", "not-a-mapping", 2),
    "words at the top": (b"hello", "not-a-mapping", 1),
    "no UTF-8": (b"name: a\ntitle: \xb0\xa1\n", "not-utf8", 2),
    "UTF-16": ("name: a".encode("utf-16"), "not-utf8", 1),
    "a tab": (b"phases:\n\t- name: p\n", "yaml-tab", 2),
    "a colon in a text": (b"name: a\ntitle: b: c\n", "yaml-syntax", 2),
    "an open quote": (b"name: a\ntitle: 'b\n", "yaml-syntax", 3),
    "an open bracket": (b"name: a\ngoals: [b\nphases: c\n", "yaml-syntax", 3),
    "indentation": (b"a: 1\nb:\n  c: 1\n d: 2\n", "yaml-syntax", 4),
    "a reserved sign": (b"name: a\ntitle: @b\n", "yaml-syntax", 2),
    "a key that is a list": (b"? [a]\n: 1\n", "yaml-syntax", 1),
    "braces unquoted": (b"name: a\ntitle: {{ x }}\n", "yaml-syntax", 2),
    "a key twice": (b"name: a\ntitle: b\nname: c\n", "duplicate-key", 3),
    "an anchor": (b"name: &x a\ntitle: *x\n", "yaml-anchor", 1),
    "an alias": (b"name: a\ntitle: *x\n", "yaml-anchor", 2),
    "a tag": (b"name: a\ntitle: !!python/object/apply:os.system [ls]\n", "yaml-tag", 2),
    "two documents": (b"name: a\n---\nname: b\n", "several-documents", 2),
    "a control character": (b"name: a\ntitle: b\x07\n", "control-character", 2),
    "an escaped control character": (b'name: a\ntitle: "b\\0"\n', "control-character", 2),
    "depth": (b"a: " + b"[" * 60, "too-deep", 1),
    "depth by lines": (b"".join(b" " * n + b"a:\n" for n in range(60)), "too-deep", 41),
    "size": (b"a: " + b"x" * MAX_BYTES, "file-too-large", 1),
    "number of values": (b"a: [" + b"1," * 400_000 + b"]", "file-too-large", 1),
}


@pytest.mark.parametrize(("data", "code", "line"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused_with_its_line(data: bytes, code: str, line: int) -> None:
    with pytest.raises(SopError) as caught:
        read_yaml(data, file="bad.yaml")

    (problem,) = caught.value.problems
    assert (problem.level, problem.code, problem.where.file, problem.where.line) == ("error", code, "bad.yaml", line)
    assert problem.message
    assert problem.hint


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    levels = [b"a: &a [x,x]"] + [b"%c: &%c [*%c,*%c]" % (n + 1, n + 1, n, n) for n in range(97, 120)]

    with pytest.raises(SopError) as caught:
        read_yaml(b"\n".join(levels), file="bomb.yaml")

    assert caught.value.problems[0].code == "yaml-anchor"


def test_a_byte_order_mark_is_a_note_and_no_obstacle() -> None:
    document = read_yaml(b"\xef\xbb\xbfname: a\n", file="a.yaml")

    assert document.value == {"name": "a"}
    assert [(note.level, note.code, note.where.line) for note in document.warnings] == [
        ("warning", "byte-order-mark", 1)
    ]


@pytest.mark.parametrize("written", ["20:30", "on", "no", "9.90", "007", "2026-05-18", "1e3", "0x1F", "TRUE", "微笑"])
def test_a_plain_scalar_stays_as_written(written: str) -> None:
    assert read_yaml(f"a: {written}\n".encode(), file="a.yaml").value == {"a": written}


def test_only_nothing_is_null() -> None:
    document = read_yaml(b"a:\nb: null\nc: ~\nd: ''\ne: 'null'\n", file="a.yaml")

    assert document.value == {"a": None, "b": None, "c": None, "d": "", "e": "null"}


def test_block_texts_keep_every_character() -> None:
    text = "早上好 😀👨‍👩‍👧 [微笑]\n\n  缩进、「引号」: # 不是注释\n末行"
    block = "\n".join("  " + line if line else "" for line in text.split("\n"))

    document = read_yaml(f"a: |-\n{block}\n".encode(), file="a.yaml")

    assert document.value == {"a": text}
    assert document.text_lines[("a",)] == 2


def test_lines_of_keys_and_items_are_known() -> None:
    document = read_yaml(b"a:\n  b: 1\n  c:\n    - x\n    - y: 2\n", file="a.yaml")

    assert document.line_of(("a", "b")) == 2
    assert document.line_of(("a", "c", 1)) == 5
    assert document.line_of(("a", "c", 1, "y", "deeper")) == 5
    assert document.line_of(("unknown",)) == 1
