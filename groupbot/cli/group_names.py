"""Groups as a command line names them: with commas, or one a line in a file."""

from __future__ import annotations

import csv
from pathlib import Path

from groupbot.errors import CampaignError
from groupbot.i18n import _


def split_names(names: str) -> list[str]:
    """Return the names in `names`, split at commas (Chinese ones too), without blanks and repetitions."""
    return list(
        dict.fromkeys(name.strip() for name in names.replace("，", ",").replace("、", ",").split(",") if name.strip())
    )


def read_group_list(path: Path) -> list[str]:
    """Return the first column of a text or CSV file; empty lines and lines that begin with # are passed over.

    Raises CampaignError for a file that can't be read as UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CampaignError(
            _("The group list {file} can't be read: {reason}.").format(file=path, reason=error),
            hint=_("Write one group name a line, in UTF-8."),
        ) from error
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    return list(dict.fromkeys(row[0].strip() for row in rows if row and row[0].strip()))
