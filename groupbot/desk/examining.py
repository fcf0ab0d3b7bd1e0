"""The doctor for who asks in chat: in a thread with a loop of its own, since it reads every SOP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module

from groupbot.admin.office import Diagnosis, Finding
from groupbot.settings import Settings


class ThreadedDoctor:
    """`admin.office.Doctor`. `settings`: those that hold now. Gateways are left alone: we are logged in there."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    async def examine(self) -> Diagnosis:
        return await asyncio.to_thread(self._examine)

    def _examine(self) -> Diagnosis:
        desk = import_module("groupbot.desk.doctor")
        settings = self._settings()
        file = settings.folder / "config.toml"
        found = asyncio.run(desk.diagnose(file, desk.Asked(offline=True), lambda _file: settings))
        wrong = tuple(Finding(name=one.name, message=one.message, hint=one.hint) for one in found if not one.ok)
        return Diagnosis(checks=len(found), failures=wrong)
