"""From a typed line to a command and its arguments. Click matches words with parameters; only this module imports it.

docs/adr/0014 says why Click and not a chat library.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from groupbot.admin.declare import Command, Kind, Parameter
from groupbot.admin.folding import Token, alike, fold, tokens, unquoted
from groupbot.admin.registry import Registry
from groupbot.admin.values import Surroundings, Unreadable, read
from groupbot.admin.words import usage
from groupbot.i18n import _

STROKE = "/"
_MOST_WORDS = 4
"""Words that a command's name has at most."""
_LONGEST_GUESS = 16
"""Signs of a mistyped name that are compared with the right ones."""
_LIST_SIGNS = str.maketrans("、;", ",,")


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """A command with its arguments; those that were left out are missing."""

    command: Command
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Misread:
    """What could not be understood, in words; `command` as far as it was."""

    reason: str
    hint: str = ""
    command: Command | None = None


class _Word(str):
    """A word on its way through Click, with the token that it is."""

    __slots__ = ("token",)
    token: Token


class _Value(click.ParamType[Any]):
    """Read one parameter's words."""

    name = "value"

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, _Word) or ctx is None:  # converted before
            return value
        try:
            return read(self._parameter, value.token, ctx.obj)
        except Unreadable as error:
            self.fail(str(error), param, ctx)


def is_command(line: str) -> bool:
    """Tell whether `line` begins with the stroke of commands."""
    return fold(line[:1]) == STROKE


class Grammar:
    """Understand lines by the commands of a registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._forms: dict[str, tuple[Command, click.Command]] = {}

    def parse(self, line: str, around: Surroundings) -> Parsed | Misread:
        """Understand `line`, which begins with a stroke. Never raises."""
        words = tokens(line[1:])
        command, rest = self._named(words)
        if command is None:
            return self._unknown(words)
        try:
            form = self._form(command)
            return Parsed(command=command, arguments=_arguments(command, form, line[1:], rest, around))
        except click.MissingParameter as error:
            reason = _("{label} is missing.").format(label=_label(command, error))
        except click.BadParameter as error:
            reason = error.message
        except click.UsageError:
            reason = _("That is more than this command takes.")
        hint = _("Write: {usage}").format(usage=usage(command))
        return Misread(reason=reason, hint=hint, command=command)

    def _form(self, command: Command) -> click.Command:
        known, form = self._forms.get(command.name, (None, None))
        if form is None or known is not command:
            form = _as_click(command)
            self._forms[command.name] = command, form
        return form

    def _named(self, words: Sequence[Token]) -> tuple[Command | None, Sequence[Token]]:
        """Return the command with the longest name that `words` begin with, and the words behind it.

        A plugin's name that goes on where one of the bot's own takes arguments is meant by itself alone.
        """
        found = [
            (command, words[count:])
            for count in range(min(_MOST_WORDS, len(words)), 0, -1)
            if (command := self._registry.find("".join(word.text for word in words[:count])))
        ]
        if found:
            return next((one for one in found if not one[0].plugin), found[0])
        return self._glued(words) if words else (None, words)

    def _glued(self, words: Sequence[Token]) -> tuple[Command | None, Sequence[Token]]:
        """The same for a number glued to the name: /完成12."""
        first = words[0]
        name = first.text.rstrip("0123456789")
        if name == first.text or (command := self._registry.find(name)) is None:
            return None, words
        number = Token(text=first.text[len(name) :], raw=first.raw[len(name) :], start=first.start + len(name))
        return command, (number, *words[1:])

    def _unknown(self, words: Sequence[Token]) -> Misread:
        families = {alike(name.split()[0]): name.split()[0] for name in self._registry.names}
        if len(words) == 1 and (word := families.get(alike(words[0].text))):
            return Misread(reason=_("/{word} wants a second word.").format(word=word), hint=f"/帮助 {word}")
        typed = alike("".join(word.text for word in words[:2]))[:_LONGEST_GUESS]
        by_key = {alike(name): name for name in self._registry.names}
        near = difflib.get_close_matches(typed, by_key, n=2, cutoff=0.5) if typed else []
        hint = _("Did you mean {names}?").format(names=" ".join(f"/{by_key[key]}" for key in near)) if near else ""
        return Misread(reason=_("There is no such command."), hint=hint or _("/帮助 shows what there is."))


def _arguments(
    command: Command, form: click.Command, line: str, words: Sequence[Token], around: Surroundings
) -> dict[str, Any]:
    """Return the arguments by name. Raises click.UsageError."""
    keyed, placed = _sorted_out(command, words)
    context = form.make_context(command.name, [*keyed, "--", *placed], obj=around)
    found = {name: value for name, value in context.params.items() if value not in (None, ())}
    for parameter in command.parameters:
        if parameter.kind is Kind.REST and parameter.name in found:
            taken = len(found[parameter.name])
            found[parameter.name] = unquoted(line[placed[-taken].token.start :].strip())
        elif parameter.many and parameter.name in found:
            found[parameter.name] = tuple(dict.fromkeys(found[parameter.name]))
    return found


def _sorted_out(command: Command, words: Sequence[Token]) -> tuple[list[str], list[_Word]]:
    """Return what is given by a key word, as options, and the rest in its order, the names of a list apart.

    Free text is what it is: nothing in it is a key word.
    """
    by_word = {alike(word): parameter for parameter in command.parameters for word in parameter.words}
    fixed = [parameter for parameter in command.parameters if not parameter.words]
    keyed: list[str] = []
    placed: list[_Word] = []
    for word in words:
        here = fixed[min(len(placed), len(fixed) - 1)] if fixed else None
        key, sign, _rest = _split_key(word)
        if here is not None and here.kind is Kind.REST:
            placed.append(_word(word))
        elif sign and (parameter := by_word.get(alike(key))):
            keyed += (f"--{parameter.name}", _word(_piece(word, len(key) + 1, len(word.text))))
        else:
            placed += (_word(piece) for piece in (_pieces(word) if here and here.many else (word,)))
    return keyed, placed


def _split_key(word: Token) -> tuple[str, str, str]:
    if word.is_quoted:
        return "", "", ""
    sign = min((sign for sign in "=:" if sign in word.text), key=word.text.index, default="\0")
    return word.text.partition(sign)


def _pieces(word: Token) -> Iterator[Token]:
    """Yield the names of a list such as A,B、C; a quoted name is one."""
    at = 0
    for piece in [word.text] if word.is_quoted else word.text.translate(_LIST_SIGNS).split(","):
        if piece:
            yield _piece(word, at, at + len(piece)) if not word.is_quoted else word
        at += len(piece) + 1


def _piece(word: Token, start: int, end: int) -> Token:
    raw = unquoted(word.raw[start:end])
    return Token(text=fold(raw), raw=raw, start=word.start + start, is_quoted=len(raw) < end - start)


def _word(token: Token) -> _Word:
    word = _Word(token.text)
    word.token = token
    return word


def _as_click(command: Command) -> click.Command:
    return click.Command(
        command.name, params=[_as_param(parameter) for parameter in command.parameters], add_help_option=False
    )


def _as_param(parameter: Parameter) -> click.Parameter:
    if parameter.words:
        return click.Option([f"--{parameter.name}", parameter.name], type=_Value(parameter))
    takes_all = parameter.many or parameter.kind is Kind.REST
    return click.Argument(
        [parameter.name], type=_Value(parameter), nargs=-1 if takes_all else 1, required=not parameter.optional
    )


def _label(command: Command, error: click.MissingParameter) -> str:
    name = error.param.name if error.param else ""
    return next((parameter.label for parameter in command.parameters if parameter.name == name), name or "")
