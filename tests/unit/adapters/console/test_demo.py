import json
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from groupbot.adapters.console.tally import Outcome
from groupbot.cli.demo import Scenery, add_demo, find_sop, run_demo
from groupbot.core.content import Text, fingerprint
from groupbot.errors import ConfigError
from groupbot.paths import Project


class DailyWords:
    """A stage that posts one text per day and group at 20:00, the second group ten minutes late on day 3."""

    def __init__(self, scenery, adapter, clock):
        self.adapter, self.clock, self.done = adapter, clock, []
        self.waiting = sorted(
            (due + timedelta(minutes=10 * (day == 2 and group == "camp-2")), due, group, f"第 {day + 1} 天打卡")
            for day in range(scenery.days)
            for group in scenery.groups
            for due in [datetime.combine(scenery.first_day + timedelta(days=day), time(20), tzinfo=scenery.zone)]
        )

    async def tick(self):
        while self.waiting and self.waiting[0][0] <= self.clock.now():
            _at, due, group, words = self.waiting.pop(0)
            text = Text(text=words)
            await self.adapter.send(group, text)
            self.done.append(
                Outcome(
                    group=group,
                    state="sent",
                    due=due,
                    started_at=self.clock.now(),
                    fingerprints=(fingerprint(text),),
                )
            )
        return self.waiting[0][0] if self.waiting else None

    async def handle(self, event):
        pass

    async def outcomes(self):
        return self.done

    async def report(self):
        return "Report · [five] days"


@pytest.fixture
def folders():
    """The folders that stages were given."""
    return []


@pytest.fixture
def open_stage(folders):
    @asynccontextmanager
    async def opened(scenery, folder, adapter, clock):
        folders.append(folder)
        (folder / "trace").write_text("x")
        yield DailyWords(scenery, adapter, clock)

    return opened


@pytest.fixture
def shown(open_stage):
    def run(**options) -> str:
        out = Console(file=StringIO(), width=80, force_terminal=False)
        err = Console(file=StringIO(), width=80, force_terminal=False)
        seed = options.pop("seed", 1)
        run_demo(open_stage, Scenery(seed=seed, sop=Path("camp.yaml")), out=out, err=err, **options)
        assert err.file.getvalue().strip() == ""
        return out.file.getvalue()

    return run


def test_equal_seeds_print_equal_bytes(shown):
    assert shown(seed=4) == shown(seed=4) != shown(seed=5)


def test_the_document_adds_up(shown):
    document = json.loads(shown(as_json=True))
    assert {key: document[key] for key in ("planned", "sent", "on_time", "late", "skipped", "doubled")} == {
        "planned": 21, "sent": 21, "on_time": 20, "late": 1, "skipped": 0, "doubled": 0
    }  # fmt: skip
    assert [group["group"] for group in document["groups"]] == ["camp-1", "camp-2", "camp-3"]
    assert [group["late"] for group in document["groups"]] == [0, 1, 0]
    assert 75 <= document["joins"] <= 120
    assert document["replies"] > 100


def test_people_see_the_first_day_digests_and_a_table(shown):
    printed = shown()
    assert "│ 第 1 天打卡" in printed
    assert "│ 第 2 天打卡" not in printed
    assert "Before the first day · " in printed
    assert [f"Day {day} · " in printed for day in range(9)] == [False, *[True] * 7, False]
    assert "Report · [five] days" in printed
    assert "Planned" in printed
    assert "\x1b" not in printed


def test_all_shows_every_post(shown):
    printed = shown(everything=True)
    assert [printed.count(f"│ 第 {day} 天打卡") for day in (1, 7)] == [3, 3]


def test_nothing_stays_behind(shown, folders):
    shown(as_json=True)
    assert folders
    assert not folders[0].exists()


def test_progress_goes_to_a_terminal_only(open_stage):
    out, err = (Console(file=StringIO(), width=80, force_terminal=terminal) for terminal in (False, True))
    run_demo(open_stage, Scenery(sop=Path("camp.yaml")), out=out, err=err, as_json=True)
    assert "100%" in err.file.getvalue() or "Day" in err.file.getvalue()
    json.loads(out.file.getvalue())


def test_progress_does_not_catch_what_is_printed(open_stage, monkeypatch):
    file = StringIO()
    monkeypatch.setattr("sys.stdout", file)
    err = Console(file=StringIO(), width=80, force_terminal=True)
    run_demo(open_stage, Scenery(sop=Path("camp.yaml")), out=Console(width=80), err=err)
    assert "│ 第 1 天打卡" in file.getvalue()
    assert "│" not in err.file.getvalue()


@pytest.fixture
def project(tmp_path):
    for place in ("own", "shipped"):
        (tmp_path / place / "sops").mkdir(parents=True)
        (tmp_path / place / "sops" / "camp-7d.yaml").write_text(place)
    (tmp_path / "shipped" / "sops" / "flash.yaml").write_text("shipped")
    return Project(root=tmp_path / "own", bundled=tmp_path / "shipped")


def test_an_sop_is_found_in_the_project_first(project, tmp_path):
    assert find_sop("camp-7d", project).read_text() == "own"
    assert find_sop("flash", project).read_text() == "shipped"
    direct = tmp_path / "mine.yaml"
    direct.write_text("mine")
    assert find_sop(str(direct), project) == direct


def test_an_unknown_sop_is_refused_with_those_there_are(project):
    with pytest.raises(ConfigError, match="camp-7d, flash"):
        find_sop("nothing", project)


def test_the_command_takes_its_options(open_stage, project, monkeypatch):
    monkeypatch.chdir(project.root)
    app = typer.Typer()
    app.callback()(lambda: None)
    add_demo(app, open_stage)
    result = CliRunner().invoke(app, ["demo", "--seed", "3", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["planned"] == 21
