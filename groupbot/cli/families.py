"""Which module answers which command. Each is imported when it is asked for: the daemon must not wait for the reader of
workbooks, nor `status` for the daemon, nor the list of all commands for any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from groupbot.cli.parts import Parts, loading
from groupbot.i18n import _

_FAMILIES: Mapping[str, str] = {
    **{name: name for name in ("sop", "campaign", "deliveries", "tasks", "facts", "groups", "members", "accounts")},
    "persona": "persona",
    "plugin": "plugins",
    "people": "people",
    "squads": "squads",
    "audit": "audit",
    "risk": "risk",
    "entry": "entry",
    "track": "track",
    "experiment": "experiment",
    "tracking": "tracking",
    "db": "database",
}
"""Module in this package by the name of the family; its `app` holds the commands."""


def _words() -> Mapping[str, str]:
    """Return the words of each command's own help, for the list of all, in the language spoken now."""
    return {
        "sop": _("Check and plan SOP files."),
        "campaign": _("Run SOPs in groups."),
        "deliveries": _("Planned posts and how they stand."),
        "tasks": _("Steps that people do."),
        "facts": _("What was recorded in groups: joins, leaves, messages, own posts."),
        "groups": _("Groups: those of config.toml, and others that accounts are in."),
        "members": _("Members and their data."),
        "accounts": _("Accounts: bot logins that post."),
        "persona": _("Personas: who accounts are to members."),
        "plugin": _("Plugins: files in plugins/ that add guards, answers and commands."),
        "people": _("People who give commands by chat."),
        "squads": _("Squads: sets of groups with a leader."),
        "audit": _("What was asked of the bot, by whom, and what came of it."),
        "risk": _("Train, judge and teach what finds ads and negative messages."),
        "entry": _("How people come in: live codes, pools of groups, QR images."),
        "track": _("Orders, attendance, marks, costs and channels of campaigns."),
        "experiment": _("Experiments: which words, poster or time brings more."),
        "tracking": _("Daily sums of joins, replies and money: bring them up to date."),
        "db": _("The database's schema."),
        "run": _("Run the daemon until SIGTERM or Ctrl-C; a second signal stops at once."),
        "status": _("Tell whether a daemon runs, how accounts stand and what is due next."),
        "demo": _("Play seven days of a shipped SOP in three groups, in seconds; nothing is kept."),
        "init": _("Make a folder with a config and the shipped SOPs to start from."),
        "doctor": _("Look for what may keep this project from working; exit status 1 if anything does."),
        "report": _("Show what a campaign brought: goals, funnel, money, posts; whole, or of one day."),
        "handover": _("Write down how things stand, what comes, who is who, and how to go on, for a successor."),
        "web": _("Serve the page of live codes alone, beside the daemon, until SIGTERM or Ctrl-C."),
    }


class Families(Parts):
    """The root command, whose commands are found by name."""

    parts: ClassVar = {
        "run": ("daemon", "add_daemon"),
        "status": ("status", "add_status"),
        "demo": ("demo_stage", "add_staged_demo"),
        "init": ("project", "add_project"),
        "doctor": ("doctor", "add_doctor"),
        "report": ("report", "add_report"),
        "handover": ("handover", "add_handover"),
        "web": ("web", "add_web"),
    }

    def list_commands(self, ctx: Any) -> list[str]:
        """Return every name, in the order of the help."""
        return [*_FAMILIES, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command or family `cmd_name`, None for an unknown one."""
        if cmd_name not in _FAMILIES:
            return super().get_command(ctx, cmd_name)
        part = typer.Typer()
        with loading():
            part.add_typer(import_module(f"groupbot.cli.{_FAMILIES[cmd_name]}").app, name=cmd_name)
        return get_group(part).commands[cmd_name]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """List the commands by their words alone."""
        words = _words()
        commands: dict[str, Any] = {name: TyperCommand(name, help=words[name]) for name in self.list_commands(ctx)}
        listing = TyperGroup(
            name=self.name,
            commands=commands,
            params=self.params,
            help=_("Runs community SOPs in chat groups: scripts and materials on time, honest records."),
            rich_markup_mode=self.rich_markup_mode,
        )
        listing.format_help(ctx, formatter)
