"""What typer refuses before a command runs, said in the operator's language like every other refusal."""

from __future__ import annotations

import re
from typing import Any

from typer.exceptions import TyperException

from groupbot.errors import GroupbotError
from groupbot.i18n import _, joined

_NO_COMMAND = re.compile(r"No such command '(?P<name>[^']*)'")
_TOO_MUCH = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((?P<words>.*)\)")
_NONE_OF = re.compile(r"(?:Value error, )?'(?P<word>[^']*)' is not one of (?P<known>.*?)\.?")
_NO_NUMBER = re.compile(r"Input should be a valid (?:integer|number).*")
_LEAST = re.compile(r"Input should be greater than or equal to (?P<least>\S+)")
_NO_VALUE = re.compile(r"Option '(?P<name>[^']*)' requires")


def explained(error: TyperException) -> GroupbotError:
    """Return `error` in the operator's language; a kind that has no words here keeps typer's own."""
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context else "groupbot"
    return GroupbotError(_message(error), hint=_("`{command} --help` shows what can be given.").format(command=command))


def _message(error: TyperException) -> str:
    words = error.format_message()
    if option := getattr(error, "option_name", ""):
        if _NO_VALUE.match(words):
            return _("{name} needs a value.").format(name=option)
        return _("There is no option {name}.").format(name=option)
    if (param := getattr(error, "param", None)) is not None:
        name = param.opts[0] if param.param_type_name == "option" else param.metavar or param.name
        if words.startswith("Missing"):
            return _("{name} is missing.").format(name=name)
        return _("{name} does not fit: {detail}").format(name=name, detail=_detail(error.message))
    if found := _NO_COMMAND.match(words):
        return _("There is no command {name}.").format(name=found["name"])
    if found := _TOO_MUCH.match(words):
        return _("{words} is too much here.").format(words=found["words"])
    return words


def _detail(words: str) -> str:
    if found := _NONE_OF.fullmatch(words):
        known = joined(word.strip(" '") for word in found["known"].split(","))
        return _("{word} is none of {known}.").format(word=found["word"], known=known)
    if found := _LEAST.fullmatch(words):
        return _("at least {least}").format(least=found["least"])
    return _("not a number") if _NO_NUMBER.fullmatch(words) else words
