"""[admin], [[people]] and [[squads]]: what fits together, and what is refused where."""

from __future__ import annotations

import pytest

from groupbot.core.roles import Role
from groupbot.errors import ConfigError
from groupbot.settings import load

BASE = """\
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "ops"
account = "main"
id = "g1"
[[groups]]
name = "east-ops"
account = "main"
id = "g2"
"""
ANN = '[[people]]\nname = "Ann"\nrole = "leader"\nids = { main = "u1" }\nsquads = ["west"]\n'


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUPBOT_LOCALE", "en")

    def read(text: str):
        path = tmp_path / "config.toml"
        path.write_text(BASE + text, encoding="utf-8")
        return load(path, {})

    return read


def test_people_squads_and_admin_groups_are_read(read):
    settings = read(f'[admin]\ngroups = ["ops"]\n{ANN}[[squads]]\nname = "east"\nleader = "Ann"\ngroup = "east-ops"\n')
    (ann,) = settings.people
    assert (ann.rank, ann.ids, ann.squads) == (Role.LEADER, {"main": "u1"}, ("west",))
    assert settings.squads[0].leader == "Ann"
    assert read("").people == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[admin]\ngroups = ["nowhere"]\n', "no group is called 'nowhere'"),
        (ANN + ANN, "the name 'Ann' is used twice"),
        (ANN + ANN.replace("Ann", "Bob"), "Ann and Bob have the same id"),
        (ANN.replace("main =", "other ="), "no account is called 'other'"),
        (ANN.replace('"leader"', '"king"'), "role"),
        (ANN.replace("Ann", "An n"), "no usable name"),
        (ANN.replace("Ann", "@Ann"), "no usable name"),
        ('[[squads]]\nname = "east"\nleader = "Zoe"\n', "nobody is called 'Zoe'"),
        ('[[squads]]\nname = "east"\ngroup = "nowhere"\n', "no group is called 'nowhere'"),
        ('[admin]\ngroups = ["ops"]\n[[squads]]\nname = "east"\ngroup = "ops"\n', "another purpose"),
        (
            '[[squads]]\nname = "east"\ngroup = "ops"\n[[squads]]\nname = "west"\ngroup = "ops"\n',
            "another purpose",
        ),
        ("[admin]\nconfirm_within_s = 0\n", "confirm_within_s"),
    ],
)
def test_what_does_not_fit_is_refused(read, text, said):
    with pytest.raises(ConfigError) as refused:
        read(text)
    assert said in str(refused.value)
