"""[alerts] and personas in config.toml: URLs come from the environment, and nothing of them is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.errors import ConfigError
from groupbot.log import blotter
from groupbot.settings import Settings, WechatyAccount, load
from groupbot.settings.alerts import secrets_in, split_urls

MAIL = "mailtos://someone:p%40ssw@mail.test?to=a@b.test,c@d.test"
HOOK = "https://hooks.test/services/T0000000/B00000000/XYZsecretXYZ"


def settings(folder: Path, text: str, **environ: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ)


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n", " ,\n"])
def test_urls_stand_between_blanks_or_commas(between):
    assert split_urls(f" {MAIL}{between}{HOOK}\n") == (MAIL, HOOK)
    assert split_urls("") == split_urls(" , ") == ()


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        (HOOK, "XYZsecretXYZ"),
        (HOOK, "T0000000"),
        (MAIL, "p%40ssw"),
        (MAIL, "p@ssw"),
        ("mailto://mail.test?user=me&pass=abc", "abc"),
        ("tgram://123456789:AbCdEf_token/4711/", "AbCdEf_token"),
        ("json://localhost/x?+Authorization=s3cretvalue", "s3cretvalue"),
    ],
)
def test_every_piece_that_may_be_a_token_is_blotted(url, secret):
    blot = blotter(secrets_in(url))
    assert secret not in blot(f"POST of {secret} failed")
    assert secret not in blot(f"cannot open {url}")


def test_hosts_stay_readable():
    blot = blotter([*secrets_in(HOOK), *secrets_in("json://localhost:8080/x")])
    assert blot("hooks.test and localhost refuse") == "hooks.test and localhost refuse"


def test_the_log_knows_the_urls_and_the_settings_dont_show_them(tmp_path):
    made = settings(tmp_path, '[alerts]\nurls_env = "URLS"\n', URLS=f"{MAIL} {HOOK}")
    assert made.alert_urls() == (MAIL, HOOK)
    assert {MAIL, HOOK, "XYZsecretXYZ"} <= set(made.secrets())
    assert "XYZsecret" not in repr(made) + made.model_dump_json()


def test_a_variable_that_is_not_set_is_refused_when_it_is_needed(tmp_path):
    with pytest.raises(ConfigError, match="URLS is not set"):
        settings(tmp_path, '[alerts]\nurls_env = "URLS"\n').alert_urls()
    assert settings(tmp_path, "").alert_urls() == ()


@pytest.mark.parametrize("line", ['least = "loud"', "repeat_after_s = -1", "timeout_s = 0", "timeout_s = 61"])
def test_values_that_make_no_sense_are_refused(tmp_path, line):
    with pytest.raises(ConfigError, match=line.split()[0]):
        settings(tmp_path, f"[alerts]\n{line}\n")


def test_a_personas_pictures_lie_beside_the_config(tmp_path):
    text = (
        '[[accounts]]\nname = "main"\nadapter = "wechaty"\nendpoint = "h:1"\ntoken_env = "T"\n'
        '[accounts.persona]\nname = "Ann"\navatar = "p/ann.png"\n'
    )
    [account] = settings(tmp_path, text).accounts
    assert isinstance(account, WechatyAccount)
    assert account.persona is not None
    assert account.persona.avatar == tmp_path.resolve() / "p/ann.png"
    assert (account.persona.name, account.persona.bio, account.persona.cover) == ("Ann", "", None)
