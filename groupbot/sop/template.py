"""Scripts with blanks to fill: a small, safe part of Jinja2.

Allowed are text, `{{ name }}` with a few filters, and `{% if %}` with comparisons of names and constants. The sandbox
is the second fence; the first is that anything else is refused when the SOP is read, so a script can neither reach
into the process nor run for long. Text without blanks never meets Jinja2 and goes out byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment

from groupbot.errors import GroupbotError
from groupbot.i18n import _, joined

MAX_RENDERED = 16_000
"""Characters of one message after filling in; more is a mistake on every chat platform known."""
FILTERS = frozenset({"default", "upper", "lower", "trim", "length", "join"})
BUILT_IN = ("group", "day", "date", "weekday", "start_date", "event_time", "sop_title")
RESERVED = frozenset({"self", "super", "loop", "caller", "varargs", "kwargs", "true", "false", "none"})
"""Names that mean something else inside a script."""
Value = str | int
_ALLOWED = (nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter, nodes.If, nodes.Compare,
            nodes.Operand, nodes.And, nodes.Or, nodes.Not)  # fmt: skip
_OPERATORS = frozenset({"eq", "ne", "lt", "lteq", "gt", "gteq"})
_OPENINGS = ("{{", "{%")


class ScriptError(GroupbotError):
    """A script can't be used. `code` is a problem's code, `line` counts from 1 within the script."""

    def __init__(self, code: str, message: str, *, hint: str = "", line: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.line = line


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Template:
    """A script. `names`: the variables it mentions; `needed`: those without a `default` of their own."""

    text: str
    names: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    first_lines: Mapping[str, int]
    """Name -> the line within the script where it stands first."""
    compiled: Compiled | None = None

    def render(self, values: Mapping[str, Value]) -> str:
        """Return the text with `values` filled in.

        Raises ScriptError when a value is missing, can't be compared, or makes the text too long.
        """
        if self.compiled is None:
            return self.text
        try:
            rendered = self.compiled.render(values)
        except UndefinedError as error:
            raise ScriptError("missing-variable", _("A variable of the script has no value.")) from error
        except (TemplateError, TypeError, ValueError, OverflowError) as error:
            raise ScriptError(
                "template-failed",
                _("The script can't be filled in with these values."),
                hint=_("Compare text with text in quotes; only `day` is a number."),
            ) from error
        if len(rendered) > MAX_RENDERED:
            raise _too_long()
        return rendered


def parse_template(text: str) -> Template:
    """Return the script `text`, ready to render; raises ScriptError for what is not allowed in scripts."""
    if not any(opening in text for opening in _OPENINGS):
        return Template(text=text, first_lines={})
    try:
        tree = _ENVIRONMENT.parse(text)
        _refuse_forbidden(tree)
        compiled = _ENVIRONMENT.from_string(tree)
    except TemplateSyntaxError as error:
        raise ScriptError(
            "template-syntax",
            _("The script has a blank that is not complete."),
            hint=_("Write `{{ name }}`, or `{% if day == 1 %}…{% endif %}`; close every bracket."),
            line=error.lineno,
        ) from error
    except (TemplateError, RecursionError, ValueError, OverflowError, SyntaxError, MemoryError) as error:
        raise _forbidden(1) from error
    lines: dict[str, int] = {}
    for node in tree.find_all(nodes.Name):
        lines.setdefault(node.name, node.lineno)
    return Template(
        text=text,
        names=frozenset(lines),
        needed=frozenset(lines) - _defaulted(tree),
        first_lines=lines,
        compiled=compiled,
    )


def _refuse_forbidden(tree: nodes.Template) -> None:
    waiting: list[nodes.Node] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if not _is_allowed(node):
            raise _forbidden(node.lineno)
        waiting.extend(node.iter_child_nodes())


def _is_allowed(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Name):
        return node.ctx == "load" and node.name not in RESERVED
    if isinstance(node, nodes.Operand):
        return node.op in _OPERATORS
    if isinstance(node, nodes.Filter):
        plain = not node.kwargs and node.dyn_args is None and node.dyn_kwargs is None
        constant = all(isinstance(arg, nodes.Const) for arg in node.args)
        return node.name in FILTERS and node.node is not None and plain and constant
    return isinstance(node, _ALLOWED)


def _forbidden(line: int) -> ScriptError:
    return ScriptError(
        "template-forbidden",
        _("The script uses something that scripts may not use."),
        hint=_("Allowed are {blank}, the filters {filters}, and {condition} with comparisons.").format(
            blank="`{{ name }}`", filters=joined(sorted(FILTERS)), condition="`{% if %}`"
        ),
        line=line,
    )


def _too_long() -> ScriptError:
    return ScriptError(
        "text-too-long",
        _("The text is longer than {limit} characters.").format(limit=MAX_RENDERED),
        hint=_("Split it into several parts."),
    )


def _defaulted(tree: nodes.Template) -> frozenset[str]:
    """Return the names that occur only directly before a `default` filter."""
    inside = [
        node.node
        for node in tree.find_all(nodes.Filter)
        if node.name == "default" and isinstance(node.node, nodes.Name)
    ]
    bare = {node.name for node in tree.find_all(nodes.Name) if not any(node is other for other in inside)}
    return frozenset(node.name for node in inside) - bare


def _join(value: str, separator: str = "") -> str:
    """Return `value` with `separator` between its characters, refusing what would grow without bound."""
    if len(str(value)) * (len(str(separator)) + 1) > MAX_RENDERED:
        raise ValueError
    return str(separator).join(str(value))


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # scripts are chat text, not HTML
        keep_trailing_newline=True,
        optimized=False,
        cache_size=0,
        comment_start_string="\0{#",  # no control character gets this far: `{#` is text
        comment_end_string="#}\0",
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS} | {"join": _join}
    return made


_ENVIRONMENT = _environment()
