"""config.toml: defaults, checks across sections, secrets, and refusals that name file, line, key and way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from groupbot.chat.directory import Directory
from groupbot.errors import ConfigError
from groupbot.settings import ConsoleAccount, GroupSettings, PacingSettings, Settings, load
from groupbot.settings.toml_lines import line_of

WECHATY = """
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "127.0.0.1:8788"
token_env = "GATEWAY_TOKEN"
"""
CONSOLE = """
[[accounts]]
name = "screen"
adapter = "console"
"""
GROUP = """
[[groups]]
name = "camp-1"
account = "screen"
id = "one"
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def refusal(write):
    def refusal(text: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(write(text), {})
        return caught.value.message

    return refusal


def test_an_empty_file_gives_every_default(write):
    path = write("")
    settings = load(path, {})
    assert (settings.locale, settings.timezone) == ("zh", "Asia/Shanghai")
    assert settings.accounts == settings.groups == ()
    assert settings.database.url == f"sqlite:///{path.parent.resolve().as_posix()}/groupbot.db"
    assert settings.folder == path.parent.resolve()
    assert settings.recorder.retention.message == 180


def test_values_are_frozen(write):
    settings = load(write(CONSOLE), {})
    with pytest.raises(ValidationError, match="frozen"):
        settings.locale = "en"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///data/x.db", "sqlite:///{folder}/data/x.db"),
        ("sqlite+aiosqlite:///x.db?timeout=3", "sqlite+aiosqlite:///{folder}/x.db?timeout=3"),
        ("sqlite:////var/lib/x.db", "sqlite:////var/lib/x.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql://user@host/name", "postgresql://user@host/name"),
    ],
)
def test_only_a_relative_sqlite_file_is_placed_beside_the_config(write, url, expected):
    path = write(f'[database]\nurl = "{url}"')
    assert load(path, {}).database.url == expected.format(folder=path.parent.resolve().as_posix())


def test_relative_paths_start_at_the_folder_of_the_config(write):
    path = write(f'{CONSOLE}log = "out/posts.jsonl"\n[log]\nfile = "/var/log/groupbot.log"')
    settings = load(path, {})
    account = settings.accounts[0]
    assert isinstance(account, ConsoleAccount)
    assert account.log == path.parent.resolve() / "out/posts.jsonl"
    assert settings.log.file == Path("/var/log/groupbot.log")


def test_paths_stay_as_given_without_a_file():
    settings = Settings.model_validate({"log": {"file": "a.log"}, "database": {"url": "sqlite:///a.db"}})
    assert settings.log.file == Path("a.log")
    assert settings.database.url == "sqlite:///a.db"


def test_an_accounts_pacing_changes_only_what_it_names(write):
    settings = load(write(f"{CONSOLE}pacing = {{ jitter = 0.0 }}\n{WECHATY}\n[pacing]\naccount_interval_s = 9"), {})
    assert settings.pacing_for("screen") == PacingSettings(account_interval_s=9, jitter=0)
    assert settings.pacing_for("main") == settings.pacing_for("nobody") == PacingSettings(account_interval_s=9)


def test_a_group_knows_its_id_on_each_account_that_is_in_it(write):
    settings = load(write(f'{CONSOLE}{WECHATY}{GROUP}tags = ["camp", "east"]\nalso = {{ main = "r1@chatroom" }}'), {})
    assert settings.groups[0].ids() == {"screen": "one", "main": "r1@chatroom"}
    assert settings.groups[0].tags == {"camp", "east"}


def test_the_directory_is_built_from_the_groups(write):
    settings = load(write(f'{CONSOLE}{GROUP}squad = "east"\nvariables = {{ teacher = "Li" }}'), {})
    directory = Directory.from_settings(settings.groups)
    group = directory.get("camp-1")
    assert group
    assert (group.squad, group.variables, directory.name_of("screen", "one")) == ("east", {"teacher": "Li"}, "camp-1")


class TestSecrets:
    def test_a_token_is_read_from_the_given_environment(self, write):
        settings = load(write(WECHATY), {"GATEWAY_TOKEN": " t0ken \n"})
        assert settings.secret("GATEWAY_TOKEN") == "t0ken"

    def test_by_default_from_the_process(self, write, monkeypatch):
        monkeypatch.setenv("GATEWAY_TOKEN", "from-process")
        assert load(write(WECHATY)).secret("GATEWAY_TOKEN") == "from-process"

    @pytest.mark.parametrize("environ", [{}, {"GATEWAY_TOKEN": " "}])
    def test_an_unset_token_is_refused_with_the_way_to_set_it(self, write, environ):
        settings = load(write(WECHATY), environ)
        with pytest.raises(ConfigError, match="GATEWAY_TOKEN is not set") as caught:
            settings.secret("GATEWAY_TOKEN")
        assert "export GATEWAY_TOKEN=" in caught.value.hint
        assert settings.secrets() == ()

    def test_no_secret_is_in_repr_or_dump(self, write):
        text = f'[database]\nurl = "postgresql://u:p%40ss@host/name"\n{WECHATY}'
        settings = load(write(text), {"GATEWAY_TOKEN": "t0ken"})
        assert set(settings.secrets()) == {"t0ken", "p%40ss", "p@ss"}
        assert not [secret for secret in settings.secrets() if secret in repr(settings)]
        assert "t0ken" not in settings.model_dump_json()

    def test_a_refusal_prints_no_values(self, refusal):
        assert "p4ss" not in refusal('[database]\nurl = ["postgresql://u:p4ss@host/name"]\nbusy_timeout_s = "p4ss"')


class TestFile:
    def test_a_missing_file_names_the_command_that_makes_one(self, tmp_path):
        with pytest.raises(ConfigError, match=r"There is no .*config\.toml") as caught:
            load(tmp_path / "config.toml", {})
        assert "groupbot init DIR" in caught.value.hint

    def test_a_folder_is_refused(self, tmp_path):
        with pytest.raises(ConfigError, match="can't be read"):
            load(tmp_path, {})

    def test_other_encodings_are_refused(self, tmp_path):
        path = tmp_path / "config.toml"
        path.write_bytes("# 中文".encode("gbk"))
        with pytest.raises(ConfigError, match="not UTF-8"):
            load(path, {})

    def test_a_byte_order_mark_is_harmless(self, tmp_path):
        path = tmp_path / "config.toml"
        path.write_bytes(b'\xef\xbb\xbflocale = "en"')
        assert load(path, {}).locale == "en"

    @pytest.mark.parametrize(
        ("text", "line"),
        [('locale = "en"\nx = = 1\n', 2), ('locale = "en"\n[delivery\n', 2), ('\n\nx = "a', 3)],
    )
    def test_a_syntax_error_names_its_line(self, refusal, text, line):
        assert f"config.toml:{line}: this is not TOML" in refusal(text)

    def test_every_problem_is_told_at_once(self, refusal):
        told = refusal('locale = "fr"\n[delivery]\nrecheck_s = 0\nsignal_poll_s = 3').splitlines()
        assert [line.rsplit("config.toml:", 1)[1].split(": ")[0] for line in told] == ["1", "3", "4"]


class TestUnknownKeys:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('local = "en"', ":1: local: unknown key; did you mean locale?"),
            ("\n[databse]\nx = 1", ":2: databse: unknown key; did you mean database?"),
            ("[delivery]\nrechek_s = 3", ":2: delivery.rechek_s: unknown key; did you mean recheck_s?"),
            ("[recorder.retention]\nmesage = 3", ":2: recorder.retention.mesage: unknown key; did you mean message?"),
            (f"{CONSOLE}interactiv = true", ":5: accounts[1].interactiv: unknown key; did you mean interactive?"),
            (
                f"{CONSOLE}{WECHATY}[accounts.pacing]\njiter = 0.1",
                ":12: accounts[2].pacing.jiter: unknown key; did you mean jitter?",
            ),
            (f"{CONSOLE}{GROUP}tag = []", ":10: groups[1].tag: unknown key; did you mean tags?"),
            ("[daemon]\nzzz = 1", ":2: daemon.zzz: unknown key; known here: stop_timeout_s"),
            ('"odd name" = 1', ":1: odd name: unknown key; known here: locale"),
        ],
    )
    def test_the_nearest_right_key_is_named(self, refusal, text, expected):
        assert expected in refusal(text)

    def test_plugins_have_free_tables(self, write):
        settings = load(write('[plugins.keywords]\nanswers = { price = "99" }'), {})
        assert settings.plugins["keywords"] == {"answers": {"price": "99"}}


class TestWrongValues:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('timezone = "Mars/Olympus"', "timezone: 'Mars/Olympus' is no time zone"),
            ('[log]\nlevel = "LOUD"', "log.level: write one of: 'DEBUG'"),
            ("[recorder]\nwindow_ms = 1.5", "recorder.window_ms: must be a whole number"),
            ('[pacing]\nenabled = "perhaps"', "pacing.enabled: must be true or false"),
            ('[pacing]\njitter = "x"', "pacing.jitter: must be a number"),
            ("[pacing]\naccount_interval_s = inf", "pacing.account_interval_s: must be a number"),
            ("[pacing]\njitter = 2", "pacing.jitter: must be at most 1"),
            ("[pacing]\naccount_daily_cap = -1", "pacing.account_daily_cap: must be at least 0"),
            ("[daemon]\nstop_timeout_s = 0", "daemon.stop_timeout_s: must be more than 0"),
            ("[log]\nfile = 3", "log.file: must be a path in double quotes"),
            ("log = 3", "log: must be a table"),
            ("plugins = 3", "plugins: must be a table"),
            ("[plugins]\nkeywords = 3", "plugins.keywords: must be a table"),
            ("accounts = 3", "accounts: write [[accounts]] with two brackets"),
            (f'{CONSOLE}{GROUP}tags = "camp"', "groups[1].tags: must be a list in [brackets]"),
            (CONSOLE + GROUP.replace('"one"', "7"), "groups[1].id: must be text in double quotes"),
            (CONSOLE + GROUP.replace('"one"', '""'), "groups[1].id: must not be empty"),
            (CONSOLE.replace("screen", "x" * 65), "accounts[1].name: must have at most 64 characters"),
            (CONSOLE.replace("screen", "a,b"), "accounts[1].name: 'a,b' is no usable name"),
            (CONSOLE.replace("screen", ""), "accounts[1].name: '' is no usable name"),
            (CONSOLE.replace("screen", " a"), "accounts[1].name: ' a' is no usable name"),
            (CONSOLE.replace('"console"', '"consol"'), "there is no adapter 'consol'; write one of: console, wechaty"),
            ('[[accounts]]\nname = "a"', "accounts[1]: adapter is missing; write one of: console, wechaty"),
            ('[[accounts]]\nadapter = "console"', "accounts[1].name: this key is missing"),
            (WECHATY.replace(":8788", ""), "accounts[1].endpoint: '127.0.0.1' is no endpoint; write host:port"),
            (WECHATY.replace(":8788", ":x"), "is no endpoint"),
            (WECHATY + 'cannot = ["telepathy"]', "'telepathy' is no kind; write some of accept_friend, "),
            (WECHATY.replace(":8788", ":70000"), "is no endpoint"),
            (WECHATY.replace("127", "grpc://127"), "is no endpoint"),
        ],
    )
    def test_say_what_to_write_instead(self, refusal, text, expected):
        assert expected in refusal(text)

    def test_a_problem_of_the_whole_file_has_no_line(self):
        assert line_of("a = 1", ("b",)) is None

    def test_what_has_no_words_here_keeps_the_validators(self, refusal):
        assert "plugins.3: " in refusal("[plugins]\n3 = 3")


class TestReferences:
    def test_two_accounts_of_one_name(self, refusal):
        assert ":7: accounts[2].name: the name 'screen' is used twice" in refusal(f"{CONSOLE}{CONSOLE}")

    def test_two_groups_of_one_name(self, refusal):
        assert "groups[2].name: the name 'camp-1' is used twice" in refusal(f"{CONSOLE}{GROUP}{GROUP}")

    def test_a_group_of_an_unknown_account(self, refusal):
        assert ":4: groups[1].account: no account is called 'screen'; accounts: —" in refusal(GROUP)

    def test_a_group_that_is_also_on_an_unknown_account(self, refusal):
        told = refusal(f'{CONSOLE}{GROUP}also = {{ mian = "x" }}')
        assert ":10: groups[1].also.mian: no account is called 'mian'; accounts: screen" in told

    def test_one_platform_group_named_twice(self, refusal):
        told = refusal(CONSOLE + GROUP + GROUP.replace("camp-1", "camp-2"))
        assert ":14: groups[2].id: the groups 'camp-1' and 'camp-2' have the same id on account 'screen'" in told

    def test_the_same_id_on_two_accounts_is_fine(self):
        accounts = [ConsoleAccount(adapter="console", name=name) for name in ("a", "b")]
        groups = [GroupSettings(name=f"g-{name}", account=name, id="same") for name in ("a", "b")]
        assert len(Settings(accounts=tuple(accounts), groups=tuple(groups)).groups) == 2
