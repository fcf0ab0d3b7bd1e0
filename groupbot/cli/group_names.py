"""Groups as a command line names them: with commas, or in a list."""

from __future__ import annotations

from pathlib import Path

from groupbot.desk.group_starts import list_bytes
from groupbot.sop.group_list import group_names


def split_names(names: str) -> list[str]:
    """Return the names in `names`, split at commas (Chinese ones too), without blanks and repetitions."""
    return list(
        dict.fromkeys(name.strip() for name in names.replace("，", ",").replace("、", ",").split(",") if name.strip())
    )


def read_group_list(path: Path) -> list[str]:
    """Return the names of a group list; raises CampaignError or SopError for one that can't be read."""
    return group_names(list_bytes(path), file=str(path))


def all_names(groups: str | None, group_list: Path | None) -> str | None:
    """Return the names of both options with commas between, None when neither was given; raises like a group list."""
    if groups is None and group_list is None:
        return None
    return ",".join([*split_names(groups or ""), *(read_group_list(group_list) if group_list else ())])
