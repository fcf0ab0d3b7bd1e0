"""A seeded world on the console: two campaigns in the same groups, spoken by two accounts, in many small parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from groupbot.core.content import Part, Text
from groupbot.core.policies import Policies, UnknownThen
from groupbot.delivery.values import NewDelivery
from tests.torture.judge import Expected, Post

GROUPS = tuple(f"g{n}" for n in range(1, 7))
CAMPAIGNS = ("one", "two")
ACCOUNTS = ("main", "helper")
_FLAVOUR = ("[微笑] 早上好", "两行\n文字", "emoji 🌙", "trailing blank ", "\ttab")


def write_config(
    folder: Path,
    *,
    groups: Sequence[str] = GROUPS,
    accounts: Sequence[str] = ACCOUNTS,
    database: str = "sqlite:///groupbot.db",
) -> Path:
    """Write config.toml with console accounts that share one log, so that the log has the order of all posts."""
    blocks = ['locale = "en"', "[database]", f'url = "{database}"', "[pacing]", "enabled = false"]
    for account in accounts:
        blocks += ["[[accounts]]", f'name = "{account}"', 'adapter = "console"', 'log = "posts.jsonl"']
    for group in groups:
        also = ", ".join(f'{account} = "{group}@room"' for account in accounts[1:])
        blocks += ["[[groups]]", f'name = "{group}"', f'account = "{accounts[0]}"', f'id = "{group}@room"']
        blocks += [f"also = {{ {also} }}"] if also else []
    config = folder / "config.toml"
    config.write_text("\n".join(blocks) + "\n", "utf-8")
    return config


@dataclass(frozen=True, kw_only=True)
class PostsFile:
    """The console accounts' log. Its lines are whole or absent, whatever was killed."""

    path: Path

    def count(self) -> int:
        """Return how many posts there are."""
        return self.path.read_bytes().count(b"\n") if self.path.exists() else 0

    def posts(self) -> list[Post]:
        """Return every post, oldest first."""
        if not self.path.exists():
            return []
        rows = [json.loads(line) for line in self.path.read_text("utf-8").split("\n") if line]
        return [Post(place=row["to"], sight=row["text"]) for row in rows]


def draw_plan(rng: Random, *, steps: int, policy: str, now: datetime | None = None) -> list[NewDelivery]:
    """Return planned rows for both campaigns in every group, due from now on a fraction of a second apart.

    `policy`: ask, skip or resend for all, or `mixed`: drawn per step.
    """
    begin = now or datetime.now(UTC)
    rows: list[NewDelivery] = []
    for campaign in CAMPAIGNS:
        for step in range(steps):
            unknown = UnknownThen(policy if policy != "mixed" else rng.choice(["ask", "ask", "skip", "resend"]))
            count = rng.choice([1, 1, 2, 3, 4])
            due = begin + timedelta(seconds=0.2 * (step // 2))
            for group in GROUPS:
                key = f"s{step:03}/2026-05-18.0/{group}"
                rows.append(
                    NewDelivery(
                        campaign=campaign,
                        key=key,
                        step=f"s{step:03}",
                        phase="p",
                        group=group,
                        account=rng.choice(ACCOUNTS),
                        due=due,
                        ordinal=step,
                        parts=tuple(_part(rng, f"{campaign}/{key}", n) for n in range(count)),
                        policies=Policies(grace=timedelta(hours=2), unknown=unknown, ask_timeout=timedelta(hours=1)),
                    )
                )
    return rows


def _part(rng: Random, address: str, number: int) -> Part:
    gap = rng.choice([0.0, 0.01, 0.05]) if number else 0.0
    return Part(content=Text(text=f"{address}#{number} {rng.choice(_FLAVOUR)}"), gap_s=gap)


def expected(rows: Sequence[NewDelivery]) -> list[Expected]:
    """Return what members must see of `rows`, which are text only."""
    return [
        Expected(
            address=f"{row.campaign}/{row.key}",
            campaign=row.campaign,
            place=f"{row.group}@room",
            rank=row.ordinal,
            parts=tuple(part.content.text for part in row.parts if isinstance(part.content, Text)),
            policy=row.policies.unknown.value,
        )
        for row in rows
    ]
