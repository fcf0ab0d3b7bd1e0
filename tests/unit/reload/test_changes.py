"""What an edit changes, in words, and which of it counts at once."""

from __future__ import annotations

from datetime import date

import pytest

from groupbot.chat.directory import Directory
from groupbot.errors import ConfigError
from groupbot.reload.applying import bring
from groupbot.reload.changes import compare
from groupbot.settings import load
from tests.unit.reload.conftest import CONFIG, Daemon

SECOND = '[[accounts]]\nname = "second"\nadapter = "console"\n'
CAMP_2 = '[[groups]]\nname = "camp-2"\naccount = "{account}"\nid = "c2"\n'


@pytest.fixture
def read(tmp_path):
    def read(text: str):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, {})

    return read


@pytest.fixture
def edit(read):
    """Return the changes of an edit of CONFIG, and what a daemon was told to do."""

    def edit(old: str, new: str):
        assert old in CONFIG
        daemon = Daemon()
        return bring(read(CONFIG), read(CONFIG.replace(old, new)), daemon), daemon

    return edit


def test_the_same_settings_change_nothing(read):
    daemon = Daemon()
    changes = bring(read(CONFIG), read(CONFIG + "# a remark\n"), daemon)
    assert (changes.now, changes.after_restart, changes.any, daemon.touched) == ((), (), False, False)


def test_pacing_counts_at_once_for_the_accounts_that_it_concerns(edit):
    changes, daemon = edit("account_interval_s = 3.0", "account_interval_s = 5.0")
    assert changes.now == ("pacing.account_interval_s: 3.0 → 5.0",)
    assert changes.after_restart == ()
    assert [(name, pace.account_interval_s) for name, pace in daemon.paces] == [("main", 5.0), ("screen", 5.0)]
    assert not daemon.directories
    assert not daemon.logs


def test_an_accounts_own_pacing_counts_at_once(edit):
    changes, daemon = edit("account_interval_s = 9.0", "account_interval_s = 9.0, account_daily_cap = 7")
    assert changes.now == ("account slow.pacing.account_daily_cap: 1000 → 7",)
    assert [(name, pace.account_daily_cap) for name, pace in daemon.paces] == [("slow", 7)]


def test_pacing_switched_off_is_no_pace_at_all(edit):
    _changes, daemon = edit("[pacing]\n", "[pacing]\nenabled = false\n")
    assert {name: pace.account_interval_s for name, pace in daemon.paces} == {"main": 0.0, "slow": 0.0, "screen": 0.0}


def test_budgets_and_a_warm_up_count_at_once_for_the_accounts_that_they_concern(edit):
    changes, daemon = edit("[pacing]\n", "[budgets]\naccept_friend = 7\n[pacing]\n")
    assert (changes.now, changes.after_restart) == (("budgets.accept_friend: 20 → 7",), ())
    assert {name: pace.budgets["accept_friend"] for name, pace in daemon.paces} == {"main": 7, "slow": 7, "screen": 7}
    own = "pacing = { account_interval_s = 9.0 }"
    changes, daemon = edit(own, f"{own}\nnew_since = 2026-11-20\nbudgets = {{ rename = 1 }}")
    assert set(changes.now) == {"account slow.new_since: — → 2026-11-20", "account slow.budgets: — → {'rename': 1}"}
    [(name, pace)] = daemon.paces
    assert (name, pace.budgets["rename"], pace.warm_up and pace.warm_up.since) == ("slow", 1, date(2026, 11, 20))


def test_rules_for_those_who_want_in_count_at_once(edit):
    rules = '[friends]\naccept = "code"\ncodes = ["blue"]\n[invitations]\naccept = "from"\nfrom = ["u1"]\n'
    changes, daemon = edit("[pacing]\n", f"{rules}[pacing]\n")
    assert "invitations.from: () → ('u1',)" in changes.now
    assert changes.after_restart == ()
    [(friends, invitations)] = daemon.requests
    assert (friends.codes, invitations.from_) == (("blue",), ("u1",))
    assert not daemon.paces


def test_people_and_where_they_are_heard_count_at_once(edit):
    blocks = '[admin]\ngroups = ["camp-1"]\n[[people]]\nname = "Ann"\nrole = "leader"\n[[squads]]\nname = "east"\n'
    changes, daemon = edit("[pacing]\n", f"{blocks}[pacing]\n")
    assert changes.now == ("admin.groups: () → ('camp-1',)", "person Ann added", "squad east added")
    assert changes.after_restart == ()
    [settings] = daemon.people
    assert settings.people[0].name == "Ann"


def test_a_new_group_counts_at_once(edit):
    changes, daemon = edit("[[groups]]", CAMP_2.format(account="slow") + "[[groups]]")
    assert changes.now == ("group camp-2 added",)
    directory = daemon.directories[-1]
    assert directory.chat_id("slow", "camp-2") == "c2"
    assert directory.chat_id("main", "camp-1") == "c1"


def test_a_group_that_moves_or_goes_counts_at_once(edit):
    changes, daemon = edit('id = "c1"', 'id = "c9"\ntags = ["x", "a"]')
    assert changes.now == ("group camp-1.id: c1 → c9", "group camp-1.tags: [] → ['a', 'x']")
    assert daemon.directories[-1].name_of("main", "c9") == "camp-1"
    changes, daemon = edit('[[groups]]\nname = "camp-1"\naccount = "main"\nid = "c1"\n', "")
    assert changes.now == ("group camp-1 removed",)
    assert daemon.directories[-1].groups == ()


def test_plugins_tables_count_at_once_and_are_never_shown(edit):
    changes, _daemon = edit("[pacing]\n", "[plugins.guard]\nsecret = 1\n[pacing]\n")
    assert (changes.now, changes.after_restart) == (("plugins changed",), ())
    assert changes.in_force.plugins == {"guard": {"secret": 1}}


def test_the_log_and_retention_count_at_once(edit):
    changes, daemon = edit("[pacing]", '[log]\nlevel = "DEBUG"\n[recorder.retention]\nmessage = 7\n[pacing]')
    assert set(changes.now) == {"log.level: INFO → DEBUG", "recorder.retention.message: 180 → 7"}
    assert daemon.logs[-1].level == "DEBUG"
    assert daemon.retentions[-1].message == 7


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('locale = "en"', 'locale = "zh"', "locale: en → zh"),
        ('locale = "en"', 'timezone = "UTC"', "timezone: Asia/Shanghai → UTC"),
        ("sqlite:///one.db", "postgresql://user:hunter2@host/name", "database.url changed"),
        ("[pacing]", "[delivery]\nrecheck_s = 5.0\n[pacing]", "delivery.recheck_s: 30.0 → 5.0"),
        ("[pacing]", "[recorder]\nmax_batch = 9\n[pacing]", "recorder.max_batch: 500 → 9"),
        ("[pacing]", "[daemon]\nstop_timeout_s = 5.0\n[pacing]", "daemon.stop_timeout_s: 10.0 → 5.0"),
        ("[[groups]]", SECOND + "[[groups]]", "account second added"),
        ('name = "slow"', 'name = "slower"', "account slow removed"),
    ],
)
def test_everything_else_waits_for_a_restart(edit, old, new, said):
    changes, daemon = edit(old, new)
    assert said in changes.after_restart
    assert not daemon.touched
    assert "hunter2" not in " ".join((*changes.now, *changes.after_restart))


def test_another_adapter_waits_for_a_restart(edit):
    wechaty = 'name = "screen"\nadapter = "wechaty"\nendpoint = "localhost:1"\ntoken_env = "T"'
    changes, _daemon = edit('name = "screen"\nadapter = "console"', wechaty)
    assert changes.after_restart == ("account screen has another adapter",)


def test_a_new_group_in_the_terminal_waits_since_its_groups_are_made_at_the_start(edit):
    changes, daemon = edit("[[groups]]", CAMP_2.format(account="screen") + "[[groups]]")
    assert (changes.now, changes.after_restart) == ((), ("group camp-2 added",))
    assert not daemon.touched


def test_a_group_of_an_account_that_does_not_run_waits_with_it(edit):
    changes, daemon = edit("[[groups]]", SECOND + CAMP_2.format(account="second") + "[[groups]]")
    assert changes.now == ()
    assert changes.after_restart == ("account second added", "group camp-2 added")
    assert not daemon.touched


def test_a_group_that_moves_to_such_an_account_stays_as_it_was(edit):
    changes, daemon = edit(
        '[[groups]]\nname = "camp-1"\naccount = "main"', SECOND + '[[groups]]\nname = "camp-1"\naccount = "second"'
    )
    assert "group camp-1.account: main → second" in changes.after_restart
    assert changes.in_force.groups[0].account == "main"
    assert not daemon.directories


def test_what_waits_is_named_until_it_is_taken_back(read):
    old = read(CONFIG)
    moved = compare(old, read(CONFIG.replace("one.db", "two.db")))
    assert moved.after_restart == ("database.url changed",)
    again = compare(moved.in_force, read(CONFIG.replace("one.db", "two.db").replace("= 3.0", "= 4.0")))
    assert again.after_restart == ("database.url changed",)
    assert again.now == ("pacing.account_interval_s: 3.0 → 4.0",)
    back = compare(again.in_force, read(CONFIG.replace("= 3.0", "= 4.0")))
    assert not back.any


def test_every_setting_is_either_in_force_or_waits(read):
    """Whatever differs is in one of the two lists: nothing is passed over in silence."""
    old = read(CONFIG)
    for key in type(old).model_fields:
        if key in {"accounts", "groups", "people", "squads", "pools"}:  # compared by name
            continue
        if key in {"tracking", "channels"}:  # see below
            continue
        changed = old.model_copy(update={key: object()}) if key not in {"pacing", "log", "recorder"} else None
        if changed is not None:
            assert compare(old, changed).any, key


@pytest.mark.parametrize(
    ("more", "recounts"),
    [
        ('[tracking]\ncurrency = "HKD"\n', False),
        ("[tracking]\nreply_window_s = 60.0\n", True),
        ('[[channels]]\nname = "poster"\n', True),
    ],
)
def test_it_is_said_when_the_past_stays_counted_as_it_was(read, more, recounts):
    changes = compare(read(CONFIG), read(CONFIG + more))
    told = [line for line in changes.after_restart if "groupbot tracking rebuild" in line]
    assert len(told) == recounts
    assert len(changes.after_restart) == 1 + recounts


def test_a_file_that_leaves_no_account_is_refused_before_anything_is_touched(read):
    daemon = Daemon()
    with pytest.raises(ConfigError, match="names no account any more"):
        bring(read(CONFIG), read(""), daemon)
    assert not daemon.touched


def test_long_values_are_shortened(edit):
    changes, _daemon = edit('id = "c1"', f'id = "{"x" * 100}"')
    assert changes.now[0].endswith("x…")
    assert len(changes.now[0]) < 100


def test_a_directory_takes_another_ones_groups_over(read):
    old, new = (Directory.from_settings(read(text).groups) for text in (CONFIG, CONFIG.replace('"c1"', '"c9"')))
    old.adopt(new)
    assert old.chat_id("main", "camp-1") == "c9"
    assert (old.name_of("main", "c9"), old.name_of("main", "c1")) == ("camp-1", "c1")
