"""Taking workbooks from chat, over the store and the project's folder."""

from __future__ import annotations

from collections.abc import Container, Mapping

from groupbot.admin.room import ControlRoom
from groupbot.admin.sent_files import SentFiles
from groupbot.chat.adapter import Adapter, Received
from groupbot.chat.directory import Directory
from groupbot.desk.opening import LazyDesk
from groupbot.inbound.commands import CommandStage
from groupbot.inbound.turns import Turns
from groupbot.storage.engine import Database
from groupbot.storage.past_files import SqlPastFiles


def file_stage(
    room: ControlRoom,
    *,
    desk: LazyDesk,
    adapters: Mapping[str, Adapter],
    database: Database,
    directory: Directory,
    ours: Container[str],
    turns: Turns,
) -> CommandStage:
    """Return the stage, looked after by the room."""

    async def fetch(account: str, message_id: str, most_bytes: int) -> Received:
        return await adapters[account].fetch(message_id, most_bytes=most_bytes)

    files = SentFiles(
        services=room.services,
        runner=room.runner,
        answers=room.answers,
        kinds=room.desk.kinds,
        fetch=fetch,
        past=SqlPastFiles(database, directory),
        ours=ours,
        most_mb=lambda: desk.settings.admin.file_limit_mb,
        begin=turns.put,
    )
    room.chores.append(files.look)
    return CommandStage(files, turns, name="files")
