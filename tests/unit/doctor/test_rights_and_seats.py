"""What SOPs want of accounts and what they may not do, and groups that accounts were seen in, or lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groupbot.chat.capabilities import Capabilities, Standing
from groupbot.chat.directory import Group
from groupbot.core.actions import Announcement, Rename
from groupbot.core.content import EVERYBODY, Text
from groupbot.core.events import Rank
from groupbot.doctor.accounts import Seat
from groupbot.doctor.rights import deeds, rights
from groupbot.doctor.seats import READING, Seen, judge_seen
from groupbot.project_files import ProjectFiles
from groupbot.sop.load import load

SOP = """\
name: tiny
title: Tiny
phases:
  - name: one
    steps:
      - id: hello
        at: D1 08:00
        parts:
          - {text: Good morning, mention: [all]}
          - {text: Again}
      - id: news
        at: D1 09:00
        groups: {tag: camp}
        announce: Read this
      - id: teacher
        at: D1 10:00
        speaker: teacher
        rename: Another name
roles:
  teacher: the teacher
"""
GROUPS = (
    Group(name="camp-1", account="main", ids={"main": "r1"}, tags=frozenset({"camp"})),
    Group(name="club", account="main", ids={"main": "r2"}),
)
CAN = Capabilities(
    kinds=frozenset({"text", "announcement", "rename"}),
    for_admins=frozenset({"announcement"}),
    for_admins_in_big=frozenset({"mention_all"}),
    big_group=40,
)
NOW = datetime(2026, 5, 18, 12, tzinfo=UTC)
LOGIN = NOW - timedelta(hours=2)
SEATS = (Seat(group="camp-1", chat_id="r1", standby=False), Seat(group="camp-2", chat_id="r2", standby=True))


@pytest.fixture
def wanted(tmp_path):
    files = ProjectFiles(root=tmp_path, sop_folder=tmp_path)
    return [deeds(load(SOP.encode(), file="tiny.yaml", files=files), GROUPS)]


def judge(wanted, rank: Rank = Rank.MEMBER, members: int = 30, can: Capabilities = CAN):
    standings = {("main", group.name): Standing(rank=rank, members=members) for group in GROUPS}
    return list(rights(wanted, GROUPS, {"main": can}, standings))


def test_each_group_gets_what_its_steps_want_whoever_speaks(wanted):
    everywhere = {Text(text=""), Text(text="", mentions=(EVERYBODY,)), Rename(topic="")}
    assert wanted == [{"camp-1": everywhere | {Announcement(text="")}, "club": everywhere}]


def test_an_administrator_may_do_everything(wanted):
    [check] = judge(wanted, Rank.ADMIN)
    assert (check.name, check.ok, check.hint) == ("rights", True, "")


def test_a_plain_member_can_make_no_announcement_and_that_is_advice(wanted):
    [check] = judge(wanted)
    assert check.name == "rights:main"
    assert "camp-1: announcement (only owner and administrators" in check.message
    assert check.ok, "a launch makes it a task"
    assert "task" in check.hint


def test_a_big_group_takes_more_rights_away(wanted):
    told = [check.message for check in judge(wanted, members=41)]
    assert len(told) == 2
    assert any("camp-1, club: text" in message for message in told)


def test_a_kind_that_the_account_never_can(wanted):
    told = judge(wanted, Rank.OWNER, can=Capabilities(kinds=frozenset({"text"})))
    assert [check.message for check in told if "can't send this kind" in check.message]


def test_rights_that_nobody_has_seen_are_told(wanted):
    [check] = rights(wanted, GROUPS, {"main": CAN}, {})
    assert "was not seen yet in camp-1, club" in check.message
    assert check.hint


def test_without_sops_nothing_is_said():
    assert judge([]) == []


def seen(**at: datetime) -> dict[str, Seen]:
    return {group.replace("_", "-"): Seen(standing=Standing(), at=when) for group, when in at.items()}


def test_an_account_that_was_seen_everywhere_since_its_login_passes():
    found = seen(camp_1=LOGIN + timedelta(minutes=1), camp_2=LOGIN)
    [check] = judge_seen("main", SEATS, found, online_since=LOGIN, now=NOW)
    assert (check.name, check.ok) == ("groups:main", True)


def test_a_group_in_which_an_account_was_never_seen_fails():
    found = seen(camp_1=NOW)
    [check] = judge_seen("main", SEATS, found, online_since=LOGIN, now=NOW)
    assert (check.name, check.ok) == ("group:camp-2", False)
    assert check.message.startswith("Standby account main")
    assert check.hint


def test_a_group_that_was_read_only_before_the_login_is_lost():
    found = seen(camp_1=NOW, camp_2=LOGIN - timedelta(days=1))
    [check] = judge_seen("main", SEATS, found, online_since=LOGIN, now=NOW)
    assert (check.name, check.ok) == ("group:camp-2", False)
    assert "2026-05-17 10:00" in check.message
    assert check.hint


@pytest.mark.parametrize("online_since", [None, NOW - READING])
def test_groups_are_given_time_to_load_after_a_login(online_since):
    found = seen(camp_1=LOGIN, camp_2=LOGIN)
    [check] = judge_seen("main", SEATS, found, online_since=online_since, now=NOW)
    assert check.ok


def test_what_nobody_has_seen_is_no_failure():
    [check] = judge_seen("main", SEATS, {}, online_since=None, now=NOW)
    assert check.ok
    assert check.hint
    assert list(judge_seen("main", (), {}, online_since=None, now=NOW)) == []
