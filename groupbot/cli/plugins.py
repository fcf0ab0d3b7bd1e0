"""`groupbot plugin`: which there are, whether they work, a new one, and a reload in the running daemon."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from groupbot import log
from groupbot.cli import plugin_start
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, settings_of
from groupbot.cli.output import REFUSED, console, fail, print_json, print_table
from groupbot.errors import GroupbotError
from groupbot.i18n import _, joined, os_reason
from groupbot.paths import Project
from groupbot.plugin_host.checking import DOOR, foreign_imports
from groupbot.plugin_host.errors import CallFailed, PluginError
from groupbot.plugin_host.guarding import HOST
from groupbot.plugin_host.host import ASKED, OFF
from groupbot.plugin_host.loading import FileSource, Source, files, packages
from groupbot.plugin_host.ports import Limits
from groupbot.plugin_host.setting_up import import_code
from groupbot.plugin_host.values import Plugin, PluginView
from groupbot.settings import LogSettings
from groupbot.storage.plugin_store import SqlPluginStore

app = typer.Typer(no_args_is_help=True, help=_("Plugins: files in plugins/ that add guards, answers and commands."))

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The plugin's name."))]
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What came of loading one plugin. `view` is None when it was not set up."""

    name: str
    origin: str
    summary: str = ""
    problem: str = ""
    hint: str = ""
    view: PluginView | None = None


@app.command("list", help=_("List the project's plugins and installed ones."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[list[Checked], Mapping[str, str]]:
        async with open_database(config) as (settings, database):
            off = await SqlPluginStore(database).get(HOST, OFF) or ()
            found = [await _read(source) for source in _sources(settings.folder).values()]
            return found, {one.name: _state(one, settings.plugins, off) for one in found}

    found, states = answer(work())
    if as_json:
        print_json([{"name": one.name, "file": one.origin, "state": states[one.name]} for one in found])
        return
    table = Table(_("plugin"), _("file"), _("state"), _("what it does"))
    words = {"on": _("on"), "off": _("off"), "broken": _("broken")}
    for one in found:
        table.add_row(one.name, one.origin, words[states[one.name]], Text(one.problem or one.summary))
    print_table(table, _("There is no plugin. `groupbot plugin new NAME` makes one."))


@app.command("check", help=_("Load plugins, set them up with their settings among fakes, and unload them."))
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME|FILE]…", help=_("Which; all of the project when left out."))
    ] = None,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    async def work() -> list[Checked]:
        return [await _tried(source, tables) for source in chosen]

    try:
        tables = _tables(config)
        chosen = _chosen(names or [], config.parent)
    except GroupbotError as error:
        fail(error)
    found = answer(work())
    if as_json:
        print_json({"plugins": [_document(one) for one in found]})
    else:
        for one in found:
            _print(one)
    if any(one.problem for one in found):
        raise typer.Exit(REFUSED)


@app.command("new", help=_("Write plugins/NAME.py and tests/test_NAME.py to start from."))
def new(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    if not _NAME.match(name):
        fail(
            PluginError(
                _("{name!r} is no name for a plugin.").format(name=name),
                hint=_("Write small Latin letters and digits, with - between words: link-guard."),
            )
        )
    module = name.replace("-", "_")
    texts = {
        config.parent / "plugins" / f"{module}.py": plugin_start.PLUGIN.format(name=name),
        config.parent / "tests" / f"test_{module}.py": plugin_start.TEST.format(module=module),
    }
    for place, text in texts.items():
        _write_new(place, text)
    screen = console()
    for place in texts:
        screen.print(Text(_("{file} is written.").format(file=place)))
    screen.print(Text(_("Next: `groupbot plugin check {name}`, then `pytest tests/`.").format(name=name)))


@app.command("reload", help=_("Have the running daemon load a plugin anew; edited files are taken up without it."))
def reload(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    async def work() -> None:
        async with open_database(config) as (settings, database):
            known = sorted([(await _read(source)).name for source in _sources(settings.folder).values()])
            if name not in known:
                raise PluginError(
                    _("There is no plugin {name}.").format(name=name),
                    hint=_("Plugins: {names}.").format(names=joined(known) or "—"),
                )
            await SqlPluginStore(database).set(HOST, f"{ASKED}{name}", 1)

    answer(work())
    console().print(
        Text(_("A running daemon loads {name} anew within seconds, and tells what fails.").format(name=name))
    )


def _tables(config: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the tables of plugins; a plugin can be tried before there is a config. Raises ConfigError."""
    if config == DEFAULT_CONFIG and not config.exists():
        log.configure(LogSettings(level="WARNING"))
        return {}
    return settings_of(config).plugins


def _sources(folder: Path) -> dict[str, Source]:
    return files(Project(root=folder)) | packages()


def _chosen(names: list[str], folder: Path) -> list[Source]:
    """Return the sources that `names` name; raises PluginError for one that names none."""
    sources = _sources(folder)
    if not names:
        return list(sources.values())
    by_name = {Path(key).stem.replace("-", "_"): source for key, source in sources.items()}
    return [_one(name, by_name) for name in names]


def _one(name: str, by_name: Mapping[str, Source]) -> Source:
    if Path(name).suffix == ".py" or "/" in name:
        if not Path(name).exists():
            raise PluginError(_("There is no {file}.").format(file=name))
        return FileSource(path=Path(name).resolve())
    if found := by_name.get(name.replace("-", "_")):
        return found
    raise PluginError(
        _("There is no plugin {name}.").format(name=name),
        hint=_("Plugins: {names}.").format(names=joined(sorted(by_name)) or "—"),
    )


async def _read(source: Source) -> Checked:
    """Import a plugin, without setting it up."""
    try:
        code = await import_code(source, Limits().setup_s)
    except CallFailed as failure:
        return Checked(name=Path(source.origin).stem, origin=source.origin, problem=failure.reason)
    code.forget()
    return Checked(name=code.plugin.name, origin=source.origin, summary=code.plugin.summary)


async def _tried(source: Source, tables: Mapping[str, Mapping[str, Any]]) -> Checked:
    """Set a plugin up and take it down."""
    from groupbot.testing.plugins import run_plugin  # noqa: PLC0415 - the kit, which only this needs

    read = await _read(source)
    if read.problem:
        return read
    if isinstance(source, FileSource) and (foreign := foreign_imports(source.path)):
        hint = _("Import from {door} only: the rest changes without notice.").format(door=DOOR)
        return _refused(read, _("It imports {names}.").format(names=joined(foreign)), hint)
    plugin: Plugin | Path = source.path if isinstance(source, FileSource) else source.load().plugin
    try:
        async with run_plugin(plugin, tables.get(read.name)) as kit:
            await asyncio.sleep(0)
            view = kit.view
    except GroupbotError as error:
        return _refused(read, error.message, error.hint)
    except AssertionError as error:  # what the daemon would have told people
        return _refused(read, str(error), "")
    return Checked(name=read.name, origin=read.origin, summary=read.summary, view=view)


def _refused(read: Checked, problem: str, hint: str) -> Checked:
    return Checked(name=read.name, origin=read.origin, summary=read.summary, problem=problem, hint=hint)


def _state(one: Checked, tables: Mapping[str, Mapping[str, Any]], off: Any) -> str:
    if one.problem:
        return "broken"
    return "off" if one.name in off or tables.get(one.name, {}).get("enabled") is False else "on"


def _document(one: Checked) -> dict[str, Any]:
    view = one.view
    problems = [{"message": one.problem, "hint": one.hint}] if one.problem else []
    return {
        "name": one.name,
        "file": one.origin,
        "ok": not one.problem,
        "problems": problems,
        "guards": list(view.guards) if view else [],
        "commands": list(view.commands) if view else [],
    }


def _print(one: Checked) -> None:
    screen = console()
    mark, style = ("✗", "bold red") if one.problem else ("✓", "green")
    said = one.problem or one.summary or _("it loads, sets up and unloads")
    screen.print(Text.assemble((mark, style), f" {one.name} ({one.origin}): {said}"), soft_wrap=True)
    for title, names in ((_("guards"), one.view.guards), (_("commands"), one.view.commands)) if one.view else ():
        if names:
            screen.print(Text(f"    {title}: {joined(names)}"), soft_wrap=True)
    if one.hint:
        screen.print(Text(f"    {one.hint}"), soft_wrap=True)


def _write_new(place: Path, text: str) -> None:
    """Write a file that is not there yet; leave with status 1 when it is, or can't be."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        fail(
            PluginError(
                _("{file} exists already; nothing was changed.").format(file=place), hint=_("Take another name.")
            )
        )
    except OSError as error:
        fail(PluginError(_("{file} can't be written: {reason}.").format(file=place, reason=os_reason(error))))
