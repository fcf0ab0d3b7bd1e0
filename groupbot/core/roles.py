"""What a person may do, as one order: who has a higher role may do all that a lower one may, where both are let."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    """The roles from nothing to everything. `LEADER` and below act for their own squads only."""

    MEMBER = 0
    """Anybody in a group, and everybody whom nobody named."""
    STAFF = 1
    """Helps in a squad: sees and ticks off tasks."""
    LEADER = 2
    """Runs squads (组长): their groups, and no others."""
    OPERATOR = 3
    """Runs campaigns in every group."""
    ADMIN = 4
    """Runs the people, the accounts and the plugins as well."""
    OWNER = 5
    """Names administrators."""


NAMES = {role.name.lower(): role for role in Role}
"""As config.toml names them."""
