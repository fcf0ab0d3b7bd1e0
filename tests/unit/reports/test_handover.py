"""The handover document, and how it is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from groupbot.campaign.values import TaskView
from groupbot.core.content import Image, Part, Text
from groupbot.delivery.values import State
from groupbot.reports.document import Document, Section, as_html, as_markdown
from groupbot.reports.handover import (
    MOST,
    AccountFact,
    CampaignFact,
    ComingStep,
    HandoverFacts,
    OpenCard,
    PersonFact,
    SquadFact,
    handover,
)

NOW = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)


def facts(**more):
    return HandoverFacts(now=NOW, zone=ZoneInfo("Asia/Shanghai"), daemon="running", **more)


def task(number, due):
    return TaskView(
        campaign="c", key="k", step="s", text="call", state="open", group="g1", assignee="Ann", due=due, number=number
    )


def lines_of(document, title):
    return next(section.lines for section in document.sections if section.title == title)


def test_a_newcomer_finds_who_what_and_when():
    made = handover(
        facts(
            accounts=(
                AccountFact(name="main", state="online", is_online=True),
                AccountFact(name="spare", state="paused", is_online=False, detail="rest"),
            ),
            campaigns=(CampaignFact(id="camp", title="Camp", state="running", groups=3, waiting=9, paused_in=("g2",)),),
            past={State.SENT: 4, State.SKIPPED: 0},
            coming=(
                ComingStep(
                    campaign="camp",
                    step="hi",
                    due=NOW + timedelta(hours=1),
                    groups=3,
                    parts=(Part(content=Text(text="good\nmorning " * 20)), Part(content=Image(path="/a/b.png"))),
                ),
            ),
            tasks=(task(7, NOW - timedelta(hours=1)),),
            cards=(OpenCard(number=2, place="ops", text="Urgent: x"),),
            people=(PersonFact(name="Ann", role="leader", squads=("east",), bound=("main",)),),
            squads=(SquadFact(name="east", leader="Ann", chat="", groups=("g1", "g2")),),
            admin_groups=("ops",),
            files=(("Settings", "/p/config.toml"),),
        )
    )
    assert made.title == "Handover of 2026-05-18 12:00"
    assert made.summary[0] == "groupbot: running; accounts: spare paused"
    assert lines_of(made, "Campaigns") == ("camp (Camp): running, 3 groups, 9 posts to come; paused in g2",)
    assert lines_of(made, "The last 24 hours") == ("Posts: sent 4",)
    [step] = lines_of(made, "The next 24 hours")
    assert step.startswith("05-18 13:00 camp hi, 3 groups: good morning good")
    assert step.endswith("…")
    assert lines_of(made, "Open tasks") == ("#7 05-18 11:00 (overdue) g1 Ann call",)
    assert lines_of(made, "Waiting for a person") == ("#2 (ops) Urgent: x",)
    assert lines_of(made, "Who is who") == (
        "Commands are taken in: ops",
        "Ann: leader east (known at main)",
        "Squad east: leader Ann, chat —, groups g1, g2",
    )
    assert any("/活动 暂停 camp;" in line for line in lines_of(made, "How to"))


def test_a_long_section_is_cut_and_says_so():
    made = handover(facts(tasks=tuple(task(number, None) for number in range(MOST + 5))))
    found = lines_of(made, "Open tasks")
    assert (len(found), found[-1]) == (MOST + 1, "…5 more")


def test_nothing_in_a_line_acts_as_markup():
    made = Document(
        title="T", summary=("s",), sections=(Section(title="S", lines=("a <b> *c*\nd",)), Section(title="E", lines=()))
    )
    assert as_markdown(made) == "# T\n\ns\n\n## S\n\n- a \\<b\\> \\*c\\* d\n\n## E\n\n—\n"
    page = as_html(made)
    assert "<li>a &lt;b&gt; *c*\nd</li>" in page
    assert "<p>—</p>" in page
