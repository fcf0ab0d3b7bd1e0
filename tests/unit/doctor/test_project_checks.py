"""SOPs, materials, links, groups, secrets and the database of a project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from groupbot.doctor import groups, store
from groupbot.doctor.sops import judge_link, link_advice, sop_checks
from groupbot.errors import StoreError
from groupbot.project_files import ProjectFiles
from groupbot.settings import load
from groupbot.sop.load import load as load_sop

SOP = """\
name: tiny
title: Tiny
variables:
  site: {{description: where, default: "{url}"}}
  open: {{description: given at launch}}
materials:
  poster: {{path: poster.png}}
phases:
  - name: one
    steps:
      - id: hello
        at: D1 08:00
        parts:
          - {{image: poster}}
          - {{link: {{url: "{{{{ site }}}}", title: here}}}}
          - {{link: {{url: "{{{{ open }}}}", title: there}}}}
"""
PNG = b"\x89PNG\r\n\x1a\n"
CONFIG = """\
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "localhost:1"
token_env = "GATEWAY_TOKEN"
[[accounts]]
name = "spare"
adapter = "console"
"""
GROUP = '[[groups]]\nname = "{name}"\naccount = "main"\nid = "{name}@chatroom"\n'


@pytest.fixture
def found(tmp_path):
    """Return the checks of one SOP file, by name."""

    def found(text: str, poster: bytes = PNG, **limits: int):
        path = tmp_path / "tiny.yaml"
        path.write_text(text, encoding="utf-8")
        (tmp_path / "poster.png").write_bytes(poster)
        files = ProjectFiles(root=tmp_path, sop_folder=tmp_path)
        checks = list(
            sop_checks([path], lambda place: load_sop(place.read_bytes(), file=place.name, files=files), **limits)
        )
        return {check.name: check for check in checks}

    return found


@pytest.fixture
def settings(tmp_path):
    def settings(*more: str, token: str = "s3cret"):
        path = tmp_path / "config.toml"
        path.write_text("".join((CONFIG, *more)), encoding="utf-8")
        return load(path, {"GATEWAY_TOKEN": token})

    return settings


def test_an_sop_in_order_passes_with_its_materials_and_links(found):
    checks = found(SOP.format(url="https://camp.test/join"))
    assert {name: (check.ok, check.hint) for name, check in checks.items()} == {
        "sop:tiny.yaml": (True, ""),
        "materials:tiny.yaml": (True, ""),
        "links:tiny.yaml": (True, ""),
    }
    assert "(1)" in checks["links:tiny.yaml"].message, "a link without a default is not judged"


def test_an_sop_that_cant_be_launched_fails_with_place_and_way_out(found):
    checks = found(SOP.format(url="https://camp.test/join").replace("image: poster", "image: postr"))
    check = checks["sop:tiny.yaml"]
    assert list(checks) == ["sop:tiny.yaml"]
    assert not check.ok
    assert "line 14" in check.message
    assert "poster" in check.hint


def test_warnings_of_an_sop_are_advice(found):
    text = SOP.format(url="https://camp.test/join").replace("variables:", "variables:\n  spare: {default: x}")
    check = found(text)["sop:tiny.yaml"]
    assert check.ok
    assert "spare" in check.hint


def test_a_material_that_is_something_else_fails(found):
    check = found(SOP.format(url="https://camp.test/join"), poster=b"\xff\xd8\xff")["materials:tiny.yaml"]
    assert not check.ok
    assert "poster.png is really a jpg file" in check.message


def test_a_material_that_an_account_cant_post_fails(found):
    text = SOP.format(url="https://camp.test/join")
    assert found(text, largest=len(PNG))["materials:tiny.yaml"].ok
    check = found(text, largest=len(PNG) - 1)["materials:tiny.yaml"]
    assert not check.ok
    assert "poster.png" in check.message
    assert check.hint


def test_a_link_that_cant_be_opened_fails(found):
    check = found(SOP.format(url="camp.test/join"))["links:tiny.yaml"]
    assert not check.ok
    assert "camp.test/join" in check.message
    assert check.hint


@pytest.mark.parametrize("url", ["https://a.test", "http://a.test:8080/x?y=1#z", "https://报名.test/入口"])
def test_links_that_can_be_opened(url):
    assert judge_link(url) is None


@pytest.mark.parametrize(
    "url", ["", "a.test", "ftp://a.test", "https://", "https://a.test:x/", "https://a b.test", "//a"]
)
def test_links_that_cant_be_opened(url):
    assert judge_link(url) is not None


def test_plain_http_and_samples_are_advised_against():
    assert "http://a.test" in link_advice(["https://b.test", "http://a.test"])
    assert "example.com" in link_advice(["https://example.com/x"])
    assert link_advice(["https://b.test"]) == ""


def test_groups_without_a_standby_are_advised(settings):
    alone = settings(*(GROUP.format(name=f"camp-{n}") for n in range(7)))
    [check] = groups.standby(alone)
    assert check.ok
    assert check.hint
    assert check.message.endswith("camp-4 (+2)")
    [check] = groups.standby(settings(GROUP.format(name="camp-1"), 'also = { spare = "c1" }\n'))
    assert (check.ok, check.hint) == (True, "")
    assert list(groups.standby(settings())) == []


def test_groups_and_accounts_are_counted(settings):
    assert groups.groups(settings(GROUP.format(name="camp-1"))).message == "Groups: 1, each with its account."
    assert groups.groups(settings()).hint
    assert groups.account_names(settings()).message == "Accounts: main, spare"


def test_a_group_whose_account_is_gone_fails(settings):
    whole = settings(GROUP.format(name="camp-1"))
    broken = whole.model_copy(update={"accounts": whole.accounts[1:]})
    assert not groups.groups(broken).ok
    assert "camp-1" in groups.groups(broken).message
    assert not groups.account_names(whole.model_copy(update={"accounts": ()})).ok


def test_secrets_are_asked_for_and_never_shown(settings):
    [check] = groups.secrets(settings())
    assert (check.name, check.ok) == ("secret:main", True)
    assert "s3cret" not in check.message
    [check] = groups.secrets(settings(token=" "))
    assert not check.ok
    assert "GATEWAY_TOKEN" in check.message
    assert "export GATEWAY_TOKEN=" in check.hint


@dataclass
class Books:
    """A database at a revision."""

    at: str | None = "2"
    locked: bool = False

    def newest(self) -> str | None:
        return "2"

    async def revision(self) -> str | None:
        return self.at

    async def try_write(self) -> None:
        if self.locked:
            raise StoreError("The database is locked.", hint="Close the other program.")


@pytest.mark.parametrize(
    ("books", "expected"),
    [
        (Books(), {"database": True, "database-schema": True, "database-write": True}),
        (Books(at=None), {"database": True, "database-schema": True}),
        (Books(at="1"), {"database": True, "database-schema": False}),
        (Books(locked=True), {"database": True, "database-schema": True, "database-write": False}),
    ],
)
async def test_the_database_is_judged(books, expected):
    checks = await store.store_checks(books, None)
    assert {check.name: check.ok for check in checks} == expected
    assert all(check.hint for check in checks if not check.ok)


async def test_a_database_that_is_not_there_is_not_made(tmp_path: Path):
    file = tmp_path / "new" / "groupbot.db"
    [check] = await store.store_checks(Books(), file)
    assert check.ok
    assert not (tmp_path / "new").exists()
    (tmp_path / "new").write_text("a file where the folder should be")
    [check] = await store.store_checks(Books(), file)
    assert not check.ok


def test_a_risk_pool_that_no_group_is_in_is_refused(settings):
    tagged = GROUP.format(name="camp-1") + 'tags = ["camp"]\n'
    [check] = groups.risk_pools(settings(tagged, '[risk.pools.kamp]\nmode = "strict"\n'))
    assert not check.ok
    assert "[risk.pools.kamp]" in check.message
    assert "camp" in check.message.partition("tags:")[2]
    assert "`tags` in [[groups]]" in check.hint
    assert list(groups.risk_pools(settings(tagged, '[risk.pools.camp]\nmode = "strict"\n'))) == []
    assert list(groups.risk_pools(settings())) == []
