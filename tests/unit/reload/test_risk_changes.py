"""What is done about advertisements and complaints changes without a restart."""

from groupbot.reload.changes import compare
from groupbot.risk.ladder import Action, Concern
from groupbot.risk.rules import Rules
from groupbot.settings import load
from tests.unit.reload.conftest import CONFIG


def test_the_mode_counts_at_once(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    before = load(path, {})
    path.write_text(CONFIG + '\n[risk]\nmode = "strict"\n', encoding="utf-8")
    changes = compare(before, load(path, {}))
    assert changes.after_restart == ()
    assert changes.now
    rules = Rules(before.risk, before.groups)
    assert rules.of(Concern.ADS, "camp-1").most is Action.OBSERVE
    rules.adopt(changes.in_force.risk, changes.in_force.groups)
    assert rules.of(Concern.ADS, "camp-1").most is Action.REMOVE
