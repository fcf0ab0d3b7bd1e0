"""A saved SOP file of a campaign that runs: told in words, or applied where the settings say so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from groupbot.campaign.stepping import moved
from groupbot.chat.alerts import Alert, Severity
from groupbot.delivery.values import State
from groupbot.reload.campaign_edits import CampaignEdits
from groupbot.reload.sop_edits import SopEdits
from groupbot.settings import EditingSettings
from tests.integration.editing_desk import BEFORE, Desk, china, opened


@dataclass
class Said:
    """Alerts that were sent."""

    alerts: list[Alert] = field(default_factory=list)

    async def send(self, alert: Alert) -> None:
        self.alerts.append(alert)


class Still:
    """A clock that stands before the campaign."""

    def now(self) -> datetime:
        return BEFORE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


def watcher(desk: Desk, *, apply: str = "ask") -> tuple[SopEdits, list[Alert]]:
    settings = desk.settings.model_copy(update={"editing": EditingSettings.model_validate({"apply": apply})})
    said = Said()
    edits = CampaignEdits(settings=lambda: settings, database=desk.database, clock=Still(), alerts=said)
    return SopEdits(desk.folder, said, edits), said.alerts


async def test_what_a_saved_file_would_change_is_told_with_the_command(desk: Desk) -> None:
    edits, alerts = watcher(desk)
    desk.sop(("at: D2 20:00", "at: D2 20:30"))

    await edits.look()

    (alert,) = alerts
    assert (alert.severity, alert.code) == (Severity.WARNING, "campaign-edit-waits")
    assert alert.text == (
        "camp.yaml was saved. In camp it would change: day 2 20:00 becomes 20:30; 2 groups affected. "
        "To apply it: `groupbot campaign edit camp sops/camp.yaml`"
    )
    assert (await desk.rows())["quiz/2026-05-19.0/g1"] == (State.PLANNED, china(2, "20:00"))


async def test_with_auto_it_is_applied(desk: Desk) -> None:
    edits, alerts = watcher(desk, apply="auto")
    desk.sop(("at: D2 20:00", "at: D2 20:30"))

    await edits.look()

    assert [alert.code for alert in alerts] == ["campaign-edited"]
    assert (await desk.rows())["quiz/2026-05-19.0/g1"] == (State.PLANNED, china(2, "20:30"))


async def test_a_conflict_is_never_applied_by_itself(desk: Desk) -> None:
    running = await desk.editor.running("camp")
    await desk.edit(moved(running.sop, "quiz", "D2 21:00"), source="", own_ids=True)
    edits, alerts = watcher(desk, apply="auto")
    desk.sop(("at: D2 20:00", "at: D2 20:30"))

    await edits.look()

    assert [alert.code for alert in alerts] == ["campaign-edit-waits"]
    assert "1 conflicts" in alerts[0].text
    assert (await desk.rows())["quiz/2026-05-19.0/g1"][1] == china(2, "21:00")


async def test_what_means_the_same_and_what_nobody_runs_is_not_told(desk: Desk) -> None:
    edits, alerts = watcher(desk)
    text = (desk.folder / "sops" / "camp.yaml").read_text("utf-8")
    (desk.folder / "sops" / "camp.yaml").write_text(f"# a remark\n{text}", "utf-8")
    (desk.folder / "sops" / "other.yaml").write_text(text.replace("name: camp", "name: other"), "utf-8")

    await edits.look()

    assert alerts == []


async def test_a_broken_file_changes_nothing(desk: Desk) -> None:
    edits, alerts = watcher(desk, apply="auto")
    path = desk.folder / "sops" / "camp.yaml"
    path.write_text(path.read_text("utf-8").replace("D2 20:00", "some day"), "utf-8")

    await edits.look()

    assert [alert.code for alert in alerts] == ["sop-broken"]


async def test_warnings_of_an_edit_are_told_also_when_it_is_applied(desk: Desk) -> None:
    for apply, code in (("ask", "campaign-edit-waits"), ("auto", "campaign-edited")):
        edits, alerts = watcher(desk, apply=apply)
        desk.sop(("Today's quiz", "今晚19:00截止"))
        await edits.look()
        assert [alert.code for alert in alerts] == [code]
        assert "1 warnings are to be looked at." in alerts[0].text
        desk.sop()
