"""What the playbook says to an incident: steps, words, and the entry that takes people in meanwhile."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from groupbot.desk.playbooks import SopPlaybooks


@dataclass
class Runs:
    groups: frozenset = frozenset({"camp-1"})

    async def all(self):
        sop = SimpleNamespace(playbooks=self.rows, materials={})
        return [SimpleNamespace(campaign=SimpleNamespace(id="camp-x"), sop=sop, groups=self.groups)]

    rows = (SimpleNamespace(symptom="有人说是骗子", words="1. 私聊了解 2. 出示资质。话术：这里是官方群", picture=""),)


def playbooks(*backup):
    async def of(groups):
        return [name for name in backup if name not in groups]

    return SopPlaybooks(Runs(), of)


async def test_an_incident_opens_with_steps_words_and_backup_entry():
    said = await playbooks("camp-1", "camp-2").words("camp-1", "你们就是骗子")
    for piece in ("1. 私聊了解", "2. 出示资质", "这里是官方群"):
        assert piece in said
    assert said.endswith("camp-2")


@pytest.mark.parametrize(("group", "text"), [("camp-1", "今天天气不错"), ("camp-9", "你们就是骗子")])
async def test_where_no_playbook_fits_nothing_is_said(group, text):
    assert await playbooks("camp-2").words(group, text) == ""


async def test_without_another_group_there_is_no_backup():
    assert "骗子" in await playbooks("camp-1").words("camp-1", "你们就是骗子")
    assert not (await playbooks("camp-1").words("camp-1", "骗子")).endswith("camp-1")
