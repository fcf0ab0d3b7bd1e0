"""/交接, /诊断, /审计 and /发送 over services in memory."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from groupbot.admin.audit import AuditEntry, Result
from groupbot.admin.families import handover, inspecting, sending
from groupbot.admin.office import Diagnosis, Finding, Handover
from groupbot.admin.registry import Registry


class Office:
    """All three services; `findings` is what the doctor finds, `posts` what was sent."""

    def __init__(self):
        self.findings = ()
        self.posts = []

    async def write(self):
        return Handover(text="Handover of today", file="/project/handover/h.html")

    async def examine(self):
        return Diagnosis(checks=9, failures=self.findings)

    async def post(self, text, groups, name):
        self.posts.append((text, tuple(groups), name))
        return len(groups)


@pytest.fixture
def office(chat):
    """Return the services, behind the room's own commands."""
    made = Office()
    services = replace(chat.room.services, handovers=made, doctor=made, notices=made)
    fresh = Registry()
    for family in (handover, inspecting, sending):
        for command in family.commands(services):
            fresh.add(command)
    known = chat.room.services.registry
    for command in fresh.commands:
        for key, old in list(known._by_name.items()):
            if old.name == command.name:
                known._by_name[key] = command
    return made


async def test_the_handover_is_a_few_lines_and_a_file(chat, office):
    assert (await chat.type("/交接")).startswith("Handover of today")
    [order] = chat.said.orders
    assert order.parts[-1].content.path == "/project/handover/h.html"


async def test_the_doctor_tells_what_is_wrong_and_the_way_out(chat, office):
    assert await chat.type("/诊断") == "9 checks, nothing wrong."
    office.findings = (Finding(name="disk", message="The disk is full.", hint="Make room."),)
    assert await chat.type("/doctor") == "✗ The disk is full.\n  → Make room."


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "3 2 1 0"),
        ("今天", "3 2"),
        ("Adam", "3 1"),
        ("活动 暂停", "2 1"),
        ("今天 Adam", "3"),
        ("/活动 暂停 Adam", "1"),
    ],
)
async def test_the_audit_is_narrowed_by_day_person_and_command(chat, office, asked, told):
    now = chat.clock.now()
    rows = [(30, "Opal", "状态"), (29, "Adam", "活动 暂停"), (1, "Opal", "活动 暂停"), (0, "Adam", "状态")]
    for number, (hours, who, action) in enumerate(rows):
        await chat.audit.write(
            AuditEntry(
                at=now - timedelta(hours=hours),
                actor=who,
                role="admin",
                account="main",
                place="g:ops",
                action=action,
                result=Result.DONE,
                detail=f"row{number}",
            )
        )
    assert " ".join(re.findall(r"row(\d)", await chat.type(f"/审计 {asked}"))) == told


async def test_what_goes_to_groups_is_shown_and_confirmed_first(chat, office):
    asked = await chat.type("/发送 camp-1，camp-2 see you at 8")
    assert asked.startswith("Will post to 2 groups: camp-1, camp-2\nsee you at 8\n")
    assert not office.posts
    digits = re.search(r"\b\d{4}\b", asked.splitlines()[-1])
    assert "2 groups now" in await chat.type(digits.group())
    [(text, groups, name)] = office.posts
    assert (text, groups) == ("see you at 8", ("camp-1", "camp-2"))
    assert name.startswith("main/m")


async def test_leaders_send_to_their_own_groups_alone(chat, office):
    refused = await chat.type("/发送 camp-1,camp-2 hi", by="u-leader", group="g-east")
    assert "outside your squad" in refused
    assert "1 group:" in await chat.type("/发送 分组=east hi", by="u-leader", group="g-east")
