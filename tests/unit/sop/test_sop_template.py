"""Scripts: blanks are filled, text is untouched, and nothing else is possible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.sop.template import MAX_RENDERED, ScriptError, parse_template

FILLED = {
    "{{ name }}你好": "晨晨你好",
    "{{name}}": "晨晨",
    "{{ en | upper }}": "ABC",
    "{{ en|length }}": "3",
    "{{ en|join('-') }}": "a-b-c",
    "{{ none_given|default('大家') }}": "大家",
    "{% if day == 1 %}第一天{% elif day > 5 %}快了{% else %}加油{% endif %}": "快了",
    "{% if en == 'abc' and not day < 3 %}a{% endif %}": "a",
    "{# 不是注释 #}{{ en }}": "{# 不是注释 #}abc",
    '<b>{{ en }}</b> & "引号"\n\n尾行\n': '<b>abc</b> & "引号"\n\n尾行\n',
}


@pytest.mark.parametrize(("script", "text"), FILLED.items())
def test_blanks_are_filled(script: str, text: str) -> None:
    assert parse_template(script).render({"name": "晨晨", "en": "abc", "day": 6}) == text


FORBIDDEN = [
    "{{ name.__class__ }}",
    "{{ name['x'] }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ name() }}",
    "{{ range(10**9) }}",
    "{{ 1 + 1 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ name ~ name }}",
    "{{ [1, 2] }}",
    "{{ {'a': 1} }}",
    "{{ a if b else c }}",
    "{{ name|attr('__class__') }}",
    "{{ name|map('upper') }}",
    "{{ name|default(other) }}",
    "{{ name|default(value='x') }}",
    "{{ name is defined }}",
    "{{ 'a' in name }}",
    "{{ self }}",
    "{% for x in name %}{% endfor %}",
    "{% set x = 1 %}",
    "{% include 'config.toml' %}",
    "{% import 'x' as y %}",
    "{% extends 'x' %}",
    "{% macro f() %}{% endmacro %}",
    "{% block b %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% call f() %}{% endcall %}",
    "{{ " + "(" * 5000 + "a" + ")" * 5000 + " }}",
    "{% if a == 1 %}" * 500 + "{% endif %}" * 500,
]


@pytest.mark.parametrize("script", FORBIDDEN, ids=[script[:40] for script in FORBIDDEN])
def test_everything_else_is_forbidden(script: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse_template("第一行\n" + script)

    assert caught.value.code == "template-forbidden"
    assert "{{ name }}" in caught.value.hint


def test_the_line_of_what_is_forbidden_is_known() -> None:
    with pytest.raises(ScriptError) as caught:
        parse_template("一\n二\n三 {{ name.x }}")

    assert caught.value.line == 3


@pytest.mark.parametrize("script", ["{{ name", "{{ }}", "{% if name %}", "{% endif %}", "{% nosuch %}", "{{ 'a }}"])
def test_incomplete_blanks_are_refused(script: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse_template(script)

    assert caught.value.code == "template-syntax"


@given(st.text().filter(lambda text: "{{" not in text and "{%" not in text))
def test_text_without_blanks_goes_out_as_it_is(text: str) -> None:
    assert parse_template(text).render({}) == text


@given(st.text())
def test_values_are_never_read_as_scripts(value: str) -> None:
    short = value[:1000]
    assert parse_template("<{{ name }}>").render({"name": short}) == f"<{short}>"


def test_the_names_of_a_script_are_known() -> None:
    template = parse_template("{{ a }}\n{{ b|default('x') }}{% if c == d %}{{ b }}{% endif %}{{ e|default('') }}")

    assert template.names == {"a", "b", "c", "d", "e"}
    assert template.needed == {"a", "b", "c", "d"}
    assert template.first_lines["b"] == 2


@pytest.mark.parametrize(
    ("script", "values", "code"),
    [
        ("{{ a }}", {}, "missing-variable"),
        ("{% if a > 3 %}x{% endif %}", {"a": "5"}, "template-failed"),
        ("{{ a }}", {"a": "x" * (MAX_RENDERED + 1)}, "text-too-long"),
        ("{{ a|join('" + "y" * 9000 + "') }}", {"a": "xxx"}, "template-failed"),
    ],
)
def test_values_that_do_not_fit_are_refused(script: str, values: dict[str, str], code: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse_template(script).render(values)

    assert caught.value.code == code
