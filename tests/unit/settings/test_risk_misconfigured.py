"""What can't be meant about risk, care and entries is refused with its key, its line and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.errors import ConfigError
from groupbot.settings import load

BASE = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "g1"
account = "main"
id = "r1"
"""
POOL = '[[pools]]\nname = "p"\ngroups = ["g1"]\n'


@pytest.mark.parametrize(
    ("bad", "named", "line"),
    [
        ('[risk]\nmode = "strikt"', "risk.mode: write one of", 10),
        ('[risk]\nmodus = "strict"', "risk.modus: unknown key; did you mean mode?", 10),
        ('[risk.ads]\nmost = "ban"', "risk.ads.most: write one of", 10),
        ("[risk.ads]\nthreshold = 3", "risk.ads.threshold: must be at most 1.0", 10),
        ('[risk.negative]\nmost = "remove"', "risk.negative.most: write one of: 'observe', 'log' or 'alert'", 10),
        ('[risk.pools.camp.negative]\nmost = "warn"', "risk.pools.camp.negative.most", 10),
        ("[risk.incidents.hold]\nevent_limit_s = 300", "risk.incidents.hold.event_limit_s: must be at most 120", 10),
        ("[risk.incidents]\nchases = -1", "risk.incidents.chases: must be at least 0", 10),
        ('[risk.warning]\ntext = ""', "risk.warning.text: must not be empty", 10),
        ('[care]\nlist_at = "25:00"', "care.list_at: '25:00' is no time of day; write it as 20:30", 10),
        ("[care]\nquestions = 3", "care.questions: unknown key; did you mean question_after_s?", 10),
        ('[[pools]]\nname = "p"\ngroups = ["g9"]', "pools[1].groups[1]: no group is called 'g9'; groups: g1", 11),
        (POOL + '[[pools]]\nname = "q"\ngroups = ["g1"]', "is in two pools", 14),
        (POOL + "limit = 5\nswitch_before = 5", "switch_before must be smaller than limit", 9),
    ],
)
def test_it_is_refused_where_it_stands(tmp_path: Path, bad: str, named: str, line: int) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{BASE}{bad}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    told = str(refused.value)
    assert named in told
    assert f"config.toml:{line}" in told
    assert "config.example.toml shows every key" in refused.value.hint
