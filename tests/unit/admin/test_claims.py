"""Binding a chat id by a one-time code."""

import pytest

from groupbot.admin.people import UnknownPerson
from groupbot.admin.rights import Forbidden
from groupbot.errors import StoreError


async def test_a_code_binds_once(chat):
    code = await chat.room.people.issue("Nina")
    assert len(code) >= 8
    assert code not in str(chat.people.codes)
    assert "Nina" in await chat.type(f"/认领 {code.lower()}", by="u-nina", group=None)
    assert "Held" in await chat.type("/状态", by="u-nina", group=None)
    assert await chat.type(f"/认领 {code}", by="u-eve", group=None) == ""
    assert await chat.type("/状态", by="u-eve", group=None) == ""
    assert "Nina" in await chat.type(f"/认领 {code}", by="u-nina", group=None)  # known already
    assert code not in str(chat.audit.entries)
    assert [entry.result.value for entry in chat.audit.entries] == ["done", "done", "refused", "refused", "refused"]


async def test_a_code_is_taken_in_a_squads_group_and_not_in_the_admin_group(chat):
    code = await chat.room.people.issue("Nina")
    refused = await chat.type(f"/认领 {code}", by="u-nina", group="g-ops")
    assert "only here: squad's group" in refused
    assert "1:1 with the bot" in refused
    assert "Nina" in await chat.type(f"/认领 {code}", by="u-nina", group="g-east")


async def test_a_code_lasts_a_day(chat):
    code = await chat.room.people.issue("Nina")
    chat.clock.advance(86_400)
    assert await chat.type(f"/认领 {code}", by="u-nina", group=None) == ""
    assert chat.people.ids == {}


async def test_a_new_code_voids_the_one_before(chat):
    first, second = [await chat.room.people.issue("Nina") for _time in range(2)]
    assert "not valid" in await chat.type(f"/认领 {first}", by="u-nina", group="g-east")
    assert "Nina" in await chat.type(f"/认领 {second}", by="u-nina", group="g-east")


async def test_who_guesses_is_heard_no_more_for_an_hour_and_told_of(chat):
    code = await chat.room.people.issue("Nina")
    for _guess in range(7):
        assert await chat.type("/认领 WRONGWRONG", by="u-eve", group=None) == ""
    assert await chat.type(f"/认领 {code}", by="u-eve", group=None) == ""
    (alert,) = chat.alerts.alerts
    assert alert.code == "code-guesses"
    assert chat.people.ids == {}
    assert "Nina" in await chat.type(f"/认领 {code}", by="u-nina", group=None)
    chat.clock.advance(3_601)
    assert "not valid" in await chat.type("/认领 WRONGWRONG", by="u-eve", group="g-east")


async def test_where_ids_are_not_stable_nothing_is_bound(chat):
    code = await chat.room.people.issue("Nina")
    chat.stable = False
    assert await chat.type(f"/认领 {code}", by="u-nina", group=None) == ""
    assert chat.people.ids == {}


async def test_what_another_process_forgot_is_forgotten_here(chat):
    code = await chat.room.people.issue("Nina")
    await chat.type(f"/认领 {code}", by="u-nina", group=None)
    await chat.people.forget("Nina")
    chat.clock.advance(6)
    assert await chat.type("/状态", by="u-nina", group=None) == ""


async def test_while_the_store_is_down_bindings_give_no_right(chat):
    code = await chat.room.people.issue("Nina")
    await chat.type(f"/认领 {code}", by="u-nina", group=None)

    async def fail():
        raise StoreError("down")

    chat.room.people._store = type("Broken", (), {"bindings": staticmethod(fail)})()
    chat.clock.advance(6)
    assert await chat.type("/状态", by="u-nina", group=None) == ""
    assert "Held" in await chat.type("/状态", by="u-owner", group=None)


@pytest.mark.parametrize(
    ("by", "name", "ok"),
    [
        ("u-owner", "Olga", True),
        ("u-owner", "Adam", True),
        ("u-admin", "Nina", True),
        ("u-admin", "Adam", False),
        ("u-admin", "Olga", False),
        ("u-operator", "Nina", False),
        ("u-operator", "Lena", True),
    ],
)
async def test_codes_are_issued_downwards(chat, by, name, ok):
    actor = chat.room.people.identify("main", by)
    if ok:
        assert await chat.room.people.issue(name, by=actor)
    else:
        with pytest.raises(Forbidden):
            await chat.room.people.issue(name, by=actor)


async def test_nobody_gets_a_code_whom_config_does_not_name(chat):
    with pytest.raises(UnknownPerson, match="Nobody"):
        await chat.room.people.issue("Zoe")


def test_roles_and_squads_come_from_config_alone(chat):
    people = chat.room.people
    assert people.identify("main", "u-leader").role.name == "LEADER"
    assert people.identify("main", "u-leader").squads == {"east"}
    assert not people.identify("main", "Olga").is_known
    assert people.ids_of("Olga") == {"main": "u-owner"}
