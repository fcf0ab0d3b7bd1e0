"""Experiments from the command line to their verdict, over the database."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from groupbot.cli import app
from groupbot.desk.experiments import Experiments
from groupbot.desk.group_starts import plan_groups
from groupbot.settings import load
from groupbot.storage.engine import Database
from groupbot.storage.experiments import SqlExperiments
from groupbot.storage.rollups import SqlRollups
from groupbot.storage.tables import code_visits, conversions, live_codes, member_aliases, metadata, rollups, trails
from groupbot.testing.clock import FakeClock
from groupbot.tracking.experiments.compared import Verdict
from groupbot.tracking.experiments.design import Design, Unit
from groupbot.tracking.experiments.record import State
from tests import postgres

NOON = datetime(2026, 5, 18, 4, tzinfo=UTC)
UNTIL = date(2026, 5, 25)
GROUPS = [f"camp-{n:02}" for n in range(12)]
CONFIG = 'locale = "en"\n[[accounts]]\nname = "main"\nadapter = "console"\n' + "".join(
    f'[[groups]]\nname = "{name}"\naccount = "main"\nid = "r{name}"\nsquad = "{"east" if n < 6 else "west"}"\n'
    f'tags = ["camp"]\n'
    for n, name in enumerate(GROUPS)
)


def design(unit: Unit, **more) -> Design:
    usual = {"name": "words", "campaign": "camp", "unit": unit, "variants": ("now", "short"), "source": "joined"}
    usual |= {"target": "paid", "base": 0.1, "effect": 0.1, "members": 100, "size": 6, "until": UNTIL}
    return Design(**(usual | more))


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request, tmp_path):
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path}/x.db")
        async with made.write() as conn:
            await conn.run_sync(metadata.create_all)
        yield made
        await made.close()
        return
    with postgres.shared().schema() as url:
        made = Database(url)
        async with made.write() as conn:
            await conn.run_sync(metadata.create_all)
        yield made
        await made.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
def office(database, project, clock) -> Experiments:
    return Experiments(database, SqlRollups(database), settings=lambda: load(project / "config.toml"), clock=clock)


async def put(database, table, *rows):
    async with database.write() as conn:
        await conn.execute(insert(table), list(rows))


def cell(metric, n, *, group="", day="2026-05-20", variant=""):
    return {"campaign": "camp", "day": day, "metric": metric, "group": group, "variant": variant, "channel": "", "n": n}


async def test_groups_are_assigned_tagged_and_judged_at_the_end_only(database, project, clock, office):
    await office.create(design(Unit.GROUP), by="mona")
    started = await office.start("words", GROUPS)
    given = {one.unit: one.variant for one in started.fresh}
    assert Counter(given.values()) == {"now": 6, "short": 6}
    assert Counter(given[name] for name in GROUPS[:6]) == {"now": 3, "short": 3}
    assert started.notes == ("Launch the campaign with --id camp.",)
    planned = plan_groups(load(project / "config.toml"))
    assert {name: planned[name].variables["words"] for name in GROUPS} == given
    assert planned["camp-00"].tags == {"camp", f"words={given['camp-00']}"}
    assert (await office.start("words", GROUPS)).fresh == ()
    total = Counter()
    for n, name in enumerate(GROUPS):
        paid = (30 if given[name] == "short" else 10) + n % 3
        total[given[name]] += paid
        late = cell("stage:paid", 60, group=name, day="2026-05-26")
        await put(database, rollups, cell("stage:joined", 100, group=name), cell("stage:paid", paid, group=name), late)
    early = await office.look("words")
    assert (early.analysis.verdict, early.progress.units, early.progress.planned) == (Verdict.NOT_YET, 12, 12)
    clock.advance(9 * 86_400)
    seen = await office.look("words")
    assert (seen.analysis.verdict, seen.analysis.winner) == (Verdict.WINNER, "short")
    assert {arm.variant: arm.reached for arm in seen.analysis.arms} == total  # nothing of the day after the last
    ended = await office.end("words")
    assert (ended.experiment.state, ended.lines[0]) == (State.ENDED, seen.lines[0])
    await put(database, rollups, cell("stage:paid", 500, group="camp-00", day="2026-05-21"))
    assert (await office.look("words")).lines == ended.lines


async def test_an_experiment_that_is_ended_early_says_nothing(office):
    await office.create(design(Unit.GROUP), by="mona")
    await office.start("words", GROUPS)
    ended = await office.end("words")
    assert ended.lines[0] == "Ended before its end: nothing can be said of the variants."
    assert ended.analysis.verdict is Verdict.NOT_YET


async def test_a_tag_that_was_changed_by_hand_is_told(project, office):
    await office.create(design(Unit.GROUP), by="mona")
    await office.start("words", GROUPS)
    file = project / "config.toml"
    file.write_text(file.read_text().replace("words=now", "words=short", 1))
    assert len((await office.look("words")).astray) == 1


async def test_codes_end_on_the_first_full_day_with_enough_visits(database, clock, office):
    await office.create(design(Unit.CODE, source="visit", target="joined", until=None, size=300), by="mona")
    await office.start("words")
    codes = [
        {"code": f"c-{one}", "campaign": "camp", "channel": "poster", "variant": one, "created_at": NOON}
        for one in ("now", "short")
    ]
    await put(database, live_codes, *codes)
    for hours, visits in ((0, 250), (24, 60), (48, 40)):
        at = NOON + timedelta(hours=hours)
        await put(
            database, code_visits, *({"code": f"c-{v}", "minute": at, "visits": visits} for v in ("now", "short"))
        )
        day = at.date().isoformat()
        await put(
            database,
            rollups,
            *(cell("stage:joined", 9 if v == "now" else 60, day=day, variant=v) for v in ("now", "short")),
        )
    assert (await office.look("words")).progress.is_over is False
    clock.advance(4 * 86_400)
    seen = await office.look("words")
    assert (seen.progress.last, seen.progress.units) == (date(2026, 5, 19), 620)
    assert [(arm.begun, arm.reached) for arm in seen.analysis.arms] == [(310, 18), (310, 120)]
    assert seen.analysis.winner == "short"
    assert "Who saw which code was not drawn" in "\n".join(seen.lines)


async def test_members_count_once_with_all_their_accounts_and_only_after_they_were_assigned(database, clock, office):
    await put(database, trails, *({"campaign": "camp", "person": f"u{n}", "state": "{}"} for n in range(40)))
    await office.create(design(Unit.MEMBER, size=20), by="mona")
    given = {one.unit: one.variant for one in (await office.start("words")).fresh}
    new = [name for name, variant in given.items() if variant == "short"]

    def paid(member, key, hours, **more):
        at = NOON + timedelta(hours=hours)
        usual = {"campaign": "camp", "member": member, "stage": "paid", "at": at, "source": "import", "key": key}
        return usual | {"recorded_at": at, "undone_at": None} | more

    await put(database, member_aliases, {"member": "twin", "person": new[0], "at": NOON})
    await put(
        database,
        conversions,
        *(paid(name, name, 2) for name in new),
        paid("twin", "second account", 3),
        paid(next(name for name in given if name not in new), "before", -2),
        paid(next(name for name in given if name not in new), "taken back", 2, undone_at=NOON),
        paid(next(name for name in given if name not in new), "after the end", 24 * 9),
    )
    clock.advance(10 * 86_400)
    seen = await office.look("words")
    assert {arm.variant: (arm.begun, arm.reached) for arm in seen.analysis.arms} == {"now": (20, 0), "short": (20, 20)}


async def test_two_starts_at_once_give_nobody_two_variants(database):
    store = SqlExperiments(database)
    await store.add(design(Unit.MEMBER, seed="s"), by="mona", now=NOON)
    units = {f"u{n}": "" for n in range(30)}
    both = await asyncio.gather(*(store.start("words", units, now=NOON) for _n in range(2)))
    assert sorted(map(len, both)) == [0, 30]
    assert Counter(one.variant for one in await store.assigned("words")) == {"now": 15, "short": 15}


def test_the_command_line_plans_writes_down_starts_shows_and_ends(project, monkeypatch):
    monkeypatch.chdir(project)
    run = CliRunner().invoke
    shape = ["--unit", "group", "--variants", "now,short", "--to", "paid", "--base", "0.1", "--effect", "0.1"]
    shape += ["--members-per-group", "100"]
    plan = run(app, ["experiment", "plan", *shape, "--have", "6", "--json"])
    needs = json.loads(plan.stdout)
    assert needs["needs"]["units"] > 6
    assert needs["smallest_effect"] > 0.1
    assert not (project / "groupbot.db").exists()
    until = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
    create = ["experiment", "create", "words", "--campaign", "camp", *shape]
    assert "needs a last day" in run(app, create).stderr
    assert json.loads(run(app, [*create, "--until", until, "--json"]).stdout)["size"] == needs["needs"]["units"]
    assert run(app, [*create, "--until", until]).exit_code == 1
    assert run(app, ["experiment", "start", "words"]).exit_code == 1  # of which groups? it has not been launched
    started = run(app, ["experiment", "start", "words", "--groups", ",".join(GROUPS), "--json"])
    assert len(json.loads(started.stdout)["assigned"]) == 12
    shown = json.loads(run(app, ["experiment", "show", "words", "--json"]).stdout)
    assert (shown["verdict"], shown["state"], len(shown["assigned"])) == ("not_yet", "running", 12)
    assert run(app, ["experiment", "end", "words"], input="n\n").exit_code == 1
    assert "Ended before its end" in run(app, ["experiment", "end", "words", "--yes"]).stdout
    assert json.loads(run(app, ["experiment", "list", "--json"]).stdout)[0]["state"] == "ended"
    assert run(app, ["experiment", "end", "words", "--yes"]).exit_code == 1
    assert run(app, ["experiment", "show", "tea"]).exit_code == 1
    assert run(app, ["experiment", "plan", *shape[:-4], "--effect", "2", "--base", "0.1"]).exit_code == 2
