"""Where edits of running campaigns are made: an `Editor` over the settings, the disk and the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from groupbot.campaign.abilities import Means
from groupbot.campaign.editing import Editor, Running
from groupbot.campaign.proposal import Edit
from groupbot.campaign.recalling import event_of, recall, roles_of_launch
from groupbot.campaign.starts import accounts_of
from groupbot.campaign.values import Campaign
from groupbot.chat.directory import Directory
from groupbot.connectors import abilities
from groupbot.delivery.paces import pace
from groupbot.desk.group_starts import plan_groups
from groupbot.desk.linting import Crew, launch_problems
from groupbot.desk.sop_files import files_of, path_of
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.load import load_what_can
from groupbot.sop.planned import Plan, PlanGroup, Problem
from groupbot.sop.sheets.current import current, marked
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tasks import SqlTasks
from groupbot.storage.versions import SqlVersions


def editor(settings: Settings, database: Database) -> Editor:
    """Return what edits the campaigns of `database`."""
    groups = plan_groups(settings)

    def lint(campaign: Campaign, sop: Sop, planned: Plan, named: Sequence[PlanGroup]) -> Sequence[Problem]:
        crew = Crew.of(settings, roles_of_launch(campaign), accounts_of(campaign.params))
        event = event_of(campaign)
        return launch_problems(sop, planned, groups=named, start=campaign.start, event=event, crew=crew)

    return Editor(
        campaigns=SqlCampaigns(database),
        versions=SqlVersions(database),
        directory=Directory.from_settings(settings.groups),
        groups=groups,
        files=files_of(settings.folder),
        path_of=path_of(settings.folder),
        lock_window=timedelta(seconds=settings.editing.lock_window_s),
        means=Means(abilities=abilities(settings), standings=SqlRoster(database), tasks=SqlTasks(database)),
        paces={account.name: pace(settings, account.name) for account in settings.accounts},
        lint=lint,
    )


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
