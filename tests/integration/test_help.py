"""Help on a terminal of 80 columns, in the operator's language."""

from __future__ import annotations

import re

from tests.integration.conftest import Folder

ENGLISH = re.compile(r"Options|Arguments|Commands|required|default:|Show this")


def test_chinese_help_is_whole_and_chinese(folder):
    narrow = Folder(folder.path, environ={"COLUMNS": "80", "GROUPBOT_LOCALE": "zh"})
    told = narrow.cli("experiment", "create", "--help").stdout
    assert "…" not in told  # typer cuts what it can't break
    assert not ENGLISH.search(told)


def test_english_help_stays_as_it_is(folder):
    assert "Show this message and exit." in folder.cli("track", "--help").stdout
