"""`groupbot db`: bring the database to the present schema, or tell where it is."""

from __future__ import annotations

import typer

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, settings_of
from groupbot.cli.output import console, print_json
from groupbot.i18n import _
from groupbot.paths import Project
from groupbot.storage import migrate
from groupbot.storage.engine import Database

app = typer.Typer(no_args_is_help=True, help=_("The database's schema."))


@app.command("upgrade", help=_("Bring the database to the schema that this groupbot needs."))
def upgrade(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[str | None, str | None]:
        settings = settings_of(config)
        scripts = Project(root=settings.folder).migrations()
        database = Database(settings.database.url, busy_timeout_s=settings.database.busy_timeout_s)
        try:
            before = await migrate.current(database)
            return before, await migrate.upgrade(database, scripts)
        finally:
            await database.close()

    before, after = answer(work())
    if as_json:
        print_json({"before": before, "revision": after})
    else:
        console().print(_("The database is at revision {revision}.").format(revision=after))


@app.command("current", help=_("Tell the database's revision and the newest one."))
def current(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[str | None, str | None]:
        settings = settings_of(config)
        database = Database(settings.database.url, busy_timeout_s=settings.database.busy_timeout_s)
        try:
            return await migrate.current(database), migrate.NEWEST
        finally:
            await database.close()

    found, newest = answer(work())
    if as_json:
        print_json({"revision": found, "newest": newest, "current": found == newest})
    else:
        words = _("revision {found}, newest {newest}")
        console().print(words.format(found=found or _("none"), newest=newest))
