"""Collect everything that is wrong with an SOP while it is read, so that an operator mends it in one go."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.sop.planned import Problem, Source
from groupbot.sop.schema_errors import did_you_mean
from groupbot.sop.template import BUILT_IN, ScriptError, Template, parse_template

PLACEHOLDER = re.compile(
    r"(?<!\{)\{[A-Za-z_]\w*\}(?!\})|[xX]{2,}老师|\+自己的|\+注册链接|[xX]{1,3}[日点](?!\w)|满[xX]+人"
)
"""What published SOPs leave for a person to replace; `{name}` in single braces is no blank of ours."""


@dataclass(kw_only=True, slots=True)
class Notes:
    """Problems found so far."""

    problems: list[Problem] = field(default_factory=list)

    def error(self, code: str, message: str, where: Source, *, hint: str = "") -> None:
        """Note what keeps the SOP from being launched."""
        self.problems.append(Problem(level="error", code=code, message=message, hint=hint, where=where))

    def warn(self, code: str, message: str, where: Source, *, hint: str = "") -> None:
        """Note what a person should look at."""
        self.problems.append(Problem(level="warning", code=code, message=message, hint=hint, where=where))

    def refused(self, code: str, error: GroupbotError, where: Source) -> None:
        """Note an error that a reader raised."""
        self.error(code, error.message, where, hint=error.hint)

    @property
    def errors(self) -> bool:
        """Whether an error was noted."""
        return any(problem.level == "error" for problem in self.problems)

    def in_order(self, *, level: str | None = None) -> tuple[Problem, ...]:
        """Return the problems (of one level) in the order of the file."""
        chosen = (problem for problem in self.problems if level in {None, problem.level})
        sheets = {name: number for number, name in enumerate(dict.fromkeys(p.where.sheet for p in self.problems))}
        return tuple(sorted(chosen, key=lambda p: (sheets[p.where.sheet], p.where.row or 0, p.where.line or 0)))

    def script(self, text: str, where: Source, *, declared: Iterable[str]) -> Template | None:
        """Return `text` as a script, or None with the reason noted. `where` is where the text begins."""
        try:
            template = parse_template(text)
        except ScriptError as error:
            self.refused(error.code, error, _moved(where, error.line))
            return None
        known = (*declared, *BUILT_IN)
        for name in sorted(template.names - set(known)):
            message = _("The script uses `{name}`, which is no variable of this SOP.").format(name=name)
            hint = did_you_mean(name, known)
            self.error("unknown-variable", message, _moved(where, template.first_lines[name]), hint=hint)
        self._doubts(text, where)
        return template

    def _doubts(self, text: str, where: Source) -> None:
        if text.endswith("\n"):
            message = _("The text ends with a line break, which goes out too.")
            self.warn("trailing-newline", message, where, hint=_("Write `|-` instead of `|` to leave it out."))
        if found := PLACEHOLDER.search(text):
            message = _("`{text}` looks like a placeholder that was left in.").format(text=found[0])
            line = text.count("\n", 0, found.start()) + 1
            hint = _("Write the real words, or a variable as `{{ name }}`.")
            self.warn("placeholder-left", message, _moved(where, line), hint=hint)


def _moved(where: Source, line: int) -> Source:
    return where if where.line is None else replace(where, line=where.line + line - 1)
