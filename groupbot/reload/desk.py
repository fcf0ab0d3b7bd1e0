"""Where edits of running campaigns are made: an `Editor` over the settings, the disk and the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from groupbot.campaign.abilities import Means
from groupbot.campaign.editing import Editor, Running
from groupbot.campaign.proposal import Edit
from groupbot.campaign.recalling import Recorded, recall
from groupbot.campaign.values import Edition
from groupbot.chat.directory import Directory
from groupbot.connectors import abilities
from groupbot.delivery.paces import pace
from groupbot.project_files import ProjectFiles, path_from
from groupbot.settings import Settings
from groupbot.sop.document import Material, Sop
from groupbot.sop.load import load, load_what_can
from groupbot.sop.planned import PlanGroup
from groupbot.sop.sheets.current import current, marked
from groupbot.sop.writing import to_yaml
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tasks import SqlTasks
from groupbot.storage.versions import SqlVersions


def editor(settings: Settings, database: Database) -> Editor:
    """Return what edits the campaigns of `database`."""
    return Editor(
        campaigns=SqlCampaigns(database),
        versions=SqlVersions(database),
        directory=Directory.from_settings(settings.groups),
        groups={
            group.name: PlanGroup(name=group.name, tags=group.tags, squad=group.squad, variables=dict(group.variables))
            for group in settings.groups
        },
        files=_files(settings.folder),
        path_of=_path_of(settings.folder),
        lock_window=timedelta(seconds=settings.editing.lock_window_s),
        means=Means(abilities=abilities(settings), standings=SqlRoster(database), tasks=SqlTasks(database)),
        paces={account.name: pace(settings, account.name) for account in settings.accounts},
    )


def source_of(path: Path, root: Path) -> str:
    """Return how versions name the SOP file at `path`: from the project's folder where it lies inside."""
    place = path.resolve()
    return path_from(str(place), root) or str(place)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """An SOP that was read from a file, as a campaign keeps it."""

    text: str
    edition: Edition


def stored(sop: Sop, path: Path, root: Path, *, by: str = "", note: str = "") -> Stored:
    """Return the text and origin of `sop`, read from the file at `path`; raises SopError when it can't be kept."""
    path_of = _path_of(root)
    text = to_yaml(sop, path_of=path_of)
    digests = {path_of(material): material.digest for material in sop.materials.values()}
    load(text.encode(), file=f"{path.stem}.yaml", files=Recorded(digests=digests))
    return Stored(text=text, edition=Edition(source=source_of(path, root), by=by, note=note, materials=digests))


def from_export(edit: Edit, data: bytes, name: str, desk: Editor, running: Running) -> Edit:
    """Return `edit` with what its file, if it was exported from the campaign, said at that time."""
    found = marked(data, name)
    version = next((version for version in running.history if found and version.number == found[1]), None)
    if found is None or version is None or found[0] != running.campaign.id:
        return edit
    if not name.casefold().endswith(".xlsx"):
        return replace(edit, base=version.number)
    files = desk.files(running.home)
    then = recall(running.campaign, version)
    made = current(then, files=files, campaign=running.campaign.id, version=version.number)
    return replace(edit, base=version.number, image=load_what_can(made.data, file=name, files=files))


def _path_of(root: Path) -> Callable[[Material], str]:
    return lambda material: path_from(material.path, root) or material.written


def _files(root: Path) -> Callable[[str], ProjectFiles]:
    return lambda source: ProjectFiles(root=root, sop_folder=(root / source).parent if source else root / "sops")
