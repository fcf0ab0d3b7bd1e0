"""Wording that commands share: roles, usage lines, help. A phone shows some 24 wide signs in a line."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.admin.audit import Result
from groupbot.admin.declare import Command, Kind, Parameter
from groupbot.core.roles import Role
from groupbot.i18n import _


def role_word(role: Role) -> str:
    """Return what operators call a role."""
    return {
        Role.MEMBER: _("member"),
        Role.STAFF: _("staff"),
        Role.LEADER: _("leader"),
        Role.OPERATOR: _("operator"),
        Role.ADMIN: _("administrator"),
        Role.OWNER: _("project owner"),
    }[role]


def state_word(state: str) -> str:
    """Return the word for a daemon's or an account's state."""
    words = {
        "running": _("running"),
        "stopping": _("stopping"),
        "stopped": _("stopped"),
        "silent": _("not answering"),
        "online": _("online"),
        "offline": _("offline"),
        "login_needed": _("must log in"),
        "limited": _("limited by the platform"),
        "refused": _("refused by the platform"),
        "paused": _("paused"),
    }
    return words.get(state, state)


def result_word(result: Result) -> str:
    """Return the word for what came of a command."""
    return {
        Result.ASKED: _("asked back"),
        Result.CONFIRMED: _("confirmed"),
        Result.DONE: _("done"),
        Result.REFUSED: _("refused"),
        Result.FAILED: _("failed"),
    }[result]


def usage(command: Command) -> str:
    """Return how a command is typed: /活动 启动 <SOP> [群…]."""
    return " ".join((f"/{command.name}", *(_placeholder(parameter) for parameter in command.parameters)))


def overview(commands: Sequence[Command]) -> str:
    """Return the commands in short, those with one first word in one line."""
    if not commands:
        return _("There is nothing here that you may do.")
    by_word: dict[str, list[str]] = {}
    for command in commands:
        by_word.setdefault(command.path[0], []).extend(command.path[1:2])
    lines = [f"/{word} {' '.join(dict.fromkeys(more))}".rstrip() for word, more in by_word.items()]
    return "\n".join((*lines, _("More: /帮助 and a command")))


def family(commands: Sequence[Command]) -> str:
    """Return the commands of one first word, each with what it does."""
    return "\n".join(f"/{command.name}: {command.help}" for command in commands)


def details(command: Command) -> str:
    """Return all that one command takes, with an example."""
    lines = [command.help, usage(command)]
    lines += [_("Example: {line}").format(line=command.example)]
    if command.plan is not None:
        lines.append(_("Asks back before it acts."))
    if command.aliases:
        names = " ".join(f"/{' '.join(alias)}" for alias in command.aliases)
        lines.append(_("Also: {names}").format(names=names))
    lines.append(_("From: {role}").format(role=role_word(command.role)))
    return "\n".join(lines)


def _placeholder(parameter: Parameter) -> str:
    label = parameter.label
    if parameter.kind is Kind.CHOICE:
        label = "|".join(parameter.shown_choices)
    if parameter.words:
        return f"[{parameter.words[0]}={label}]"
    label += "…" if parameter.many else ""
    return f"[{label}]" if parameter.optional else f"<{label}>"
