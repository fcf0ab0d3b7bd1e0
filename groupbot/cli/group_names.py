"""Groups as a command line names them: with commas, or in a list."""

from __future__ import annotations

from pathlib import Path

from groupbot.errors import CampaignError
from groupbot.i18n import _, os_reason
from groupbot.sop.group_list import group_names


def split_names(names: str) -> list[str]:
    """Return the names in `names`, split at commas (Chinese ones too), without blanks and repetitions."""
    return list(
        dict.fromkeys(name.strip() for name in names.replace("，", ",").replace("、", ",").split(",") if name.strip())
    )


def list_bytes(path: Path) -> bytes:
    """Return what a group list holds; raises CampaignError for a file that can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CampaignError(
            _("The group list {file} can't be read: {reason}.").format(file=path, reason=os_reason(error)),
            hint=_("Write one group name a line, or a table with the heading `group`."),
        ) from error


def read_group_list(path: Path) -> list[str]:
    """Return the names of a group list; raises CampaignError or SopError for one that can't be read."""
    return group_names(list_bytes(path), file=str(path))
