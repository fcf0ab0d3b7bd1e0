"""What the suite does not name: ledgers of every kind take the same turns on the same generated stories."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groupbot.campaign.values import CampaignState
from groupbot.core.content import Text, fingerprint
from groupbot.core.policies import Policies, UnknownThen
from groupbot.delivery.values import Ask, Candidate, Drop, Lost, Refused, Retry, Sent, Settlement, Wait
from tests.contract.ledger.conftest import Kit, _memory, _sqlite, at, delivery

CAMPAIGNS = ("a", "b")
WORDS = ("one", "two", "three")

moves = st.tuples(
    st.sampled_from(
        (
            *("begin", "begin", "begin", "sent", "sent", "sent", "retry", "lost", "refused", "wait", "ask", "drop"),
            *("settle", "expire", "echo", "pause", "resume", "cancel", "edit", "own", "release"),
        )
    ),
    st.integers(0, 5),
)


def rows(campaign: str, shift: int) -> list[object]:
    """Return a plan of `campaign`; edits with another `shift` move, cancel, bring back and reword steps."""
    return [
        delivery(
            f"s{n}",
            n + shift % 3,
            campaign=campaign,
            group="g1" if n % 2 else "g2",
            words=WORDS[: 1 + (n + shift) % 3],
            ordinal=n,
            gap_s=(3, 300)[n % 2],
            priority=n % 3,
            policies=Policies(
                unknown=list(UnknownThen)[n % 3], grace=timedelta(minutes=5), ask_timeout=timedelta(minutes=4)
            ),
        )
        for n in range(5)
        if n != shift % 5
    ]


@dataclass
class Twin:
    """One kit on its way through a story, and what it said."""

    kit: Kit
    said: list[object] = field(default_factory=list)
    claims: list[tuple[str, Candidate]] = field(default_factory=list)

    async def start(self) -> None:
        for name in CAMPAIGNS:
            self.said.append(await self.kit.launch(*rows(name, 0), campaign=name, groups=("g1", "g2")))
        await self.kit.own()

    async def move(self, minutes: float, what: str, choice: int) -> None:
        kit, now = self.kit, at(minutes)
        due = await kit.due(now)
        self.said.append((what, [(c.address, c.next_part, c.attempt, c.approved) for c in due]))
        if what in {"begin", "wait", "ask", "drop"} and due:
            await self._take(minutes, what, due[choice % len(due)])
        elif what in {"sent", "retry", "lost", "refused"} and self.claims:
            await self._finish(minutes, what, choice)
        elif what in {"pause", "resume", "cancel", "edit"}:
            await self._campaign(what, choice)
        else:
            await self._look_after(minutes, what, choice)
        self.said.append(await kit.ledger.next_look("main", now))

    async def _take(self, minutes: float, what: str, candidate: Candidate) -> None:
        kit, now = self.kit, at(minutes)
        if what == "begin":
            token = await kit.begin(candidate, now)
            self.said.append(token is not None)
            if token:
                self.claims.append((token, candidate))
            return
        how = {"wait": Wait(until=at(minutes + 1), reason="w"), "ask": Ask(reason="q"), "drop": Drop(reason="d")}
        self.said.append(await kit.ledger.divert(candidate, how[what], kit.owners["main"], now))

    async def _campaign(self, what: str, choice: int) -> None:
        name = CAMPAIGNS[choice % 2]
        if what == "edit":
            self.said.append(await self.kit.launch(*rows(name, choice), campaign=name, groups=("g1", "g2")))
        else:
            states = {"pause": CampaignState.PAUSED, "resume": CampaignState.RUNNING}
            self.said.append(await self.kit.campaigns.set_state(name, states.get(what, CampaignState.CANCELLED)))

    async def _look_after(self, minutes: float, what: str, choice: int) -> None:
        kit, now, name = self.kit, at(minutes), CAMPAIGNS[choice % 2]
        match what:
            case "settle":
                for row in await kit.campaigns.deliveries(name):
                    self.said.append(await kit.ledger.settle(name, row.key, list(Settlement)[choice % 3], now))
            case "expire":
                self.said.append(sorted((n.address, n.state) for n in await kit.ledger.expire("main", now)))
            case "echo":
                words = fingerprint(Text(text=WORDS[choice % 3]))
                found = {"group": f"g{1 + choice % 2}", "message_id": f"e{minutes}", "event_id": f"e{minutes}"}
                await kit.record_echo(at=now, account="main", fingerprint=words, **found)
                self.said.append(sorted(n.address for n in await kit.ledger.settle_echoes("main", now)))
            case "own":
                _, notices = await kit.ledger.acquire("main", f"i{minutes}", now)
                self.said.append(sorted((n.address, n.state) for n in notices))
                await kit.own(instance=f"j{minutes}", now=now)
            case "release":
                await kit.ledger.release(kit.owners["main"], now)

    async def _finish(self, minutes: float, what: str, choice: int) -> None:
        token, candidate = self.claims.pop(choice % len(self.claims))
        following = None if candidate.is_last else at(minutes + 1)
        outcome = {
            "sent": Sent(message_id=f"m{minutes}", next_at=following, lock_until=following and at(minutes + 3)),
            "retry": Retry(
                not_before=at(minutes + 1), error="busy", lock_until=at(minutes + 2) if choice % 2 else None
            ),
            "lost": Lost(error="gone"),
            "refused": Refused(error="no", next_at=following if choice % 2 else None),
        }[what]
        self.said.append(await self.kit.ledger.finish(token, candidate.id, outcome, at(minutes)))

    async def end(self) -> None:
        history = await self.kit.ledger.posted_since("main", at(-1))
        self.said.append(sorted(map(repr, history)))
        for name in CAMPAIGNS:
            self.said.extend(sorted(map(repr, await self.kit.campaigns.deliveries(name))))
            self.said.append(await self.kit.campaigns.counts(name))


async def tell(story: list[tuple[str, int]]) -> list[list[object]]:
    """Return what each kind of ledger said to `story`, half a minute a move."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        twins = [Twin(await stack.enter_async_context(make(folder))) for make in (_memory, _sqlite)]
        for twin in twins:
            await twin.start()
            for number, (what, choice) in enumerate(story):
                await twin.move(number / 2, what, choice)
            await twin.end()
    return [twin.said for twin in twins]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a story takes too long to shrink in a test run
)
@given(st.lists(moves, min_size=10, max_size=60))
def test_every_ledger_tells_the_same_story(story: list[tuple[str, int]]) -> None:
    first, *others = asyncio.run(tell(story))
    for other in others:
        assert other == first
