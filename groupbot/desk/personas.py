"""Who an account is to members: what config.toml declares of it, beside what was last read."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from groupbot.chat.persona import Compared, Declared, Shown, compare
from groupbot.connectors import abilities
from groupbot.errors import ConfigError
from groupbot.i18n import _, joined, os_reason
from groupbot.settings import PersonaSettings, Settings
from groupbot.storage.engine import Database
from groupbot.storage.profiles import SqlProfiles


@dataclass(frozen=True, kw_only=True, slots=True)
class Persona:
    """An account's persona: what is declared of it, how that compares, and what the account can set for itself."""

    declared: Declared
    found: tuple[Compared, ...]
    can: frozenset[str]


async def persona_of(settings: Settings, database: Database | None, account: str) -> Persona:
    """Return the persona of `account` as it stands; without a database nothing was read of it yet.

    Raises ConfigError when none is declared, StoreError.
    """
    declared = declared_by(_section(settings, account))
    shown = await _shown(SqlProfiles(database), account) if database else Shown()
    return Persona(declared=declared, found=compare(declared, shown), can=abilities(settings)[account].profile)


async def _shown(profiles: SqlProfiles, account: str) -> Shown:
    read = await profiles.profile(account)
    return Shown(name=read.name, bio=read.bio, avatar=read.avatar, set_from=await profiles.picture_set(account))


def _section(settings: Settings, account: str) -> PersonaSettings:
    known = {item.name: getattr(item, "persona", None) for item in settings.accounts}
    if account not in known:
        raise ConfigError(
            _("config.toml names no account {account}.").format(account=account),
            hint=_("Accounts: {names}").format(names=joined(known)),
        )
    section = known[account]
    if not any(item.name == account and "persona" in type(item).model_fields for item in settings.accounts):
        raise ConfigError(
            _("{account} can have no persona: its adapter has no profiles.").format(account=account),
            hint=_("Personas are for accounts of the adapter wechaty."),
        )
    if not isinstance(section, PersonaSettings):
        raise ConfigError(
            _("config.toml declares no persona for {account}.").format(account=account),
            hint=_("Add a `persona` to its [[accounts]] block; config.example.toml shows one."),
        )
    return section


def declared_by(section: PersonaSettings) -> Declared:
    """Return what `section` declares, with its files read; raises ConfigError for one that can't be."""
    return Declared(
        name=section.name,
        bio=section.bio,
        avatar=_path(section.avatar),
        digest=_digest(section.avatar) if section.avatar else "",
        cover=_path(section.cover) if section.cover and _digest(section.cover) else "",
    )


def _path(file: Path | None) -> str:
    return str(file.absolute()) if file else ""


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigError(
            _("The persona's picture {file} can't be read: {reason}.").format(file=file, reason=os_reason(error)),
            hint=_("Correct its path in config.toml; relative ones start at that file's folder."),
        ) from error


def declared_accounts(settings: Settings) -> Collection[str]:
    """Return the accounts for which config.toml declares a persona."""
    return [item.name for item in settings.accounts if getattr(item, "persona", None) is not None]
