"""What an account can do where it is, so that a launch can say beforehand what a person must do."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """The abilities of one account on its platform.

    `kinds`: `Content` kinds that can be sent. `max_file_bytes`: largest file, None = no known limit.
    `stable_ids`: member and group ids keep their meaning across logins; without it nothing may be decided by id.
    `echoes`: own posts come back as events, so an unknown outcome can be settled without a person.
    """

    kinds: frozenset[str] = field(default_factory=frozenset)
    max_file_bytes: int | None = None
    stable_ids: bool = False
    echoes: bool = False
    mentions: bool = False
    member_lists: bool = False
