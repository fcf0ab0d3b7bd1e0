"""[web]: what an operator may write, and what each mistake is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.errors import ConfigError
from groupbot.settings import Settings, load


def read(text: str, tmp_path: Path) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(f'locale = "en"\n{text}', encoding="utf-8")
    return load(file, {})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    web = read(
        '[web]\nlisten = "[::1]:8080"\npublic_url = "https://join.example.com/in/"\n'
        'trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]\nper_minute = 0',
        tmp_path,
    ).web
    assert web.public_url == "https://join.example.com/in"
    assert web.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8")
    assert read("", tmp_path).web.listen == ""


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('listen = "8080"', "is no endpoint"),
        ('listen = "0.0.0.0:99999"', "is no endpoint"),
        ('public_url = "join.example.com"', "is no address of a site"),
        ('public_url = "https://join.example.com/?a=1"', "is no address of a site"),
        ('trusted_proxies = ["my-proxy"]', "is no address or network"),
        ("per_minute = -1", "per_minute"),
        ('listening = "127.0.0.1:80"', "listen"),
    ],
)
def test_a_mistake_is_told(line: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(f"[web]\n{line}\n", tmp_path)
    assert problem in str(refused.value)


def test_a_channels_greeting_is_code_enough(tmp_path: Path) -> None:
    rule = '[friends]\naccept = "code"\n'
    channel = '[[channels]]\nname = "moments"\ngreetings = ["蓝海"]\n'
    assert read(rule + channel, tmp_path).friends.accept == "code"
    with pytest.raises(ConfigError, match="needs codes"):
        read(rule, tmp_path)
