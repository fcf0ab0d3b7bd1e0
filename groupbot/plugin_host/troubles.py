"""Telling people what is wrong with a plugin: each trouble once, with the way out."""

from __future__ import annotations

from typing import Any

from loguru import logger

from groupbot.admin.audit import BY_ITSELF
from groupbot.chat.alerts import Alert, Severity
from groupbot.errors import StoreError
from groupbot.i18n import _, joined
from groupbot.plugin_host.errors import CallFailed
from groupbot.plugin_host.handlers import Handler
from groupbot.plugin_host.ports import Services


class Troubles:
    """The alerts about one plugin, called `name`; what the host does by itself is audited."""

    def __init__(self, name: str, services: Services) -> None:
        self.name = name
        self._services = services

    async def failed(self, handler: Handler[Any], failure: CallFailed) -> None:
        """Log each failure; tell of the first in a row, and of the one after which the handler rests."""
        log = logger.bind(action="plugin-failed", plugin=self.name, handler=handler.name, failures=handler.failures)
        log.opt(exception=failure.__cause__ or failure).error("a plugin's function failed: {}", failure.reason)
        values = {"what": handler.name, "reason": failure.reason, "n": handler.failures, "plugin": self.name}
        if handler.has_just_begun_to_rest:
            text = _("Plugin {plugin}: {what} failed {n} times in a row and rests: {reason}.").format(**values)
            await self.say("plugin-resting", f"{text} {self._way_back()}")
            await self._note("plugin-rest", handler.name)
        elif handler.failures == 1:
            text = _("Plugin {plugin}: {what} failed: {reason}. Everything else goes on.").format(**values)
            await self.say("plugin-failed", text)

    async def guard_failed(self, handler: Handler[Any], failure: CallFailed) -> None:
        """Log each failure of a guard; tell of the first in a row, since posts wait now."""
        log = logger.bind(action="guard-failed", plugin=self.name, guard=handler.name, failures=handler.failures)
        log.opt(exception=failure.__cause__ or failure).error("a guard failed: {}", failure.reason)
        if handler.failures == 1:
            text = _("Guard {guard} can't answer ({reason}); what it judges is held.")
            said = text.format(guard=handler.name, reason=failure.reason)
            await self.say("plugin-guard-failed", f"{said} {_override(handler.name)}", Severity.CRITICAL)

    async def not_loaded(self, reason: str, guards: tuple[str, ...]) -> None:
        """Tell that the plugin can't be used, and which guards hold everything in their scope for that."""
        text = _("Plugin {plugin} could not be loaded: {reason}").format(plugin=self.name, reason=reason)
        if not guards:
            await self.say("plugin-not-loaded", text)
            return
        held = _("What its guards judged is held until it can: {guards}.").format(guards=joined(guards))
        await self.say("plugin-not-loaded", f"{text} {held} {_override(guards[0])}", Severity.CRITICAL)

    async def kept(self, reason: str) -> None:
        """Tell that an edit was not taken."""
        text = _("The edit of plugin {plugin} was not taken, the version before goes on: {reason}")
        await self.say("plugin-kept", text.format(plugin=self.name, reason=reason))

    async def guards_gone(self, guards: tuple[str, ...]) -> None:
        """Tell that guards are not there any more."""
        text = _("Plugin {plugin} guards no longer: {guards}.").format(plugin=self.name, guards=joined(guards))
        await self.say("plugin-guards-gone", text)

    async def file_gone(self) -> None:
        """Tell that a plugin with guards stays although its file is gone."""
        text = _("The file of plugin {plugin} is gone; it goes on because it has guards. Disable it to end it.")
        await self.say("plugin-file-gone", text.format(plugin=self.name))

    async def behind(self) -> None:
        """Tell that events are left out."""
        text = _("Plugin {plugin} is too slow: events are left out for it until it has caught up.")
        await self.say("plugin-behind", text.format(plugin=self.name))

    async def unclean(self, what: str) -> None:
        """Tell that an unload did not go as it should."""
        text = _("Plugin {plugin} was not unloaded cleanly: {what}. A restart of groupbot clears it.")
        await self.say("plugin-unclean", text.format(plugin=self.name, what=what))

    async def stopped_everything(self, seconds: float, *, rests: bool) -> None:
        """Tell that the plugin stopped the whole daemon for a while."""
        text = _("Plugin {plugin} stopped everything for {seconds:.1f} s: it waits without `await`.").format(
            plugin=self.name, seconds=seconds
        )
        if rests:
            text = f"{text} {_('It did so too often and rests.')} {self._way_back()}"
            await self._note("plugin-rest", self.name)
        await self.say("plugin-stops-loop", text)

    async def reloaded(self) -> None:
        """Tell that an edited plugin is in force."""
        text = _("Plugin {plugin} was loaded anew.").format(plugin=self.name)
        await self.say("plugin-reloaded", text, Severity.INFO)

    async def say(self, code: str, text: str, severity: Severity = Severity.WARNING) -> None:
        """Send one alert."""
        await self._services.alerts.send(Alert(severity=severity, code=code, text=text, fields={"plugin": self.name}))

    async def _note(self, action: str, detail: str) -> None:
        try:
            await self._services.audit.note(by=BY_ITSELF, action=action, detail=detail)
        except StoreError as error:
            logger.bind(action=action, plugin=self.name).error("not audited: {}", error)

    def _way_back(self) -> str:
        return _("To bring it back: `/plugin enable {plugin}`.").format(plugin=self.name)


def _override(guard: str) -> str:
    return _("To let posts pass meanwhile: `/guard override {guard} 30m`.").format(guard=guard)
