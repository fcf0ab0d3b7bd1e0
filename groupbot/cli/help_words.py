"""What typer's help says by itself, in the operator's language; and Chinese, which has no blanks, broken into lines."""

from __future__ import annotations

from rich.text import Text
from typer import rich_utils

from groupbot.i18n import _

_HELP = "Show this message and exit."
"""What typer says of --help."""


class _Folding(rich_utils.OptionHighlighter):
    """Colour options as typer does, and let long words go on in the next line, where typer would cut them off."""

    def __call__(self, text: str | Text) -> Text:
        plain = text if isinstance(text, str) else text.plain
        made = super().__call__(_("Show this message and exit.") if plain == _HELP else text)
        made.overflow = "fold"
        return made


def translate() -> None:
    """Let the help that is printed from now on speak the language of this context."""
    rich_utils.highlighter = _Folding()
    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.DEFAULT_STRING = _("[default: {}]")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")
