"""Cards for steps that a person looks at before they are posted: shown as they will look, approved or rejected."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from groupbot.admin.answers import Answers
from groupbot.admin.approval_words import question, reword_line
from groupbot.admin.cards import Card, CardKind, CardKinds, CardOption, NewCard, Onward
from groupbot.admin.places import Place
from groupbot.admin.rights import Actor
from groupbot.admin.services import Services
from groupbot.campaign.approvals import Approvals, Decided, Decision, Moment, Waiting, digest_of, not_yet
from groupbot.campaign.by_hand import files_of
from groupbot.campaign.views import Pending
from groupbot.core.roles import Role
from groupbot.delivery.values import Settlement, State
from groupbot.i18n import _

KIND = "approval"
_REWORD = "reword"
_MOST_FILES = 9


class ApprovalDesk:
    """Ask in the admin group, and carry out the answers. `can_send`: whether an account can send a kind of content."""

    def __init__(
        self,
        *,
        services: Services,
        answers: Answers,
        kinds: CardKinds,
        approvals: Approvals,
        can_send: Callable[[str, str], bool],
    ) -> None:
        self._services = services
        self._answers = answers
        self._approvals = approvals
        self._can_send = can_send
        self._undecided: frozenset[str] = frozenset()
        kinds.register(KIND, CardKind(answer=self._answer))

    def asks_about(self, row: Pending) -> bool:
        """Tell whether a held delivery waits for its approval, so that nobody is to be asked about it otherwise."""
        return f"{row.campaign}/{row.key}" in self._undecided

    async def look(self) -> None:
        """Ask about what has come near its time, again about what was edited since: for every few seconds.

        Raises StoreError.
        """
        open_now, decided = await self._sorted()
        await self._catch_up(decided)
        self._undecided = frozenset(f"{row.campaign}/{row.key}" for rows in open_now.values() for row, _digest in rows)
        subjects = {_subject(moment): {digest for _row, digest in rows} for moment, rows in open_now.items()}
        for card in await self._services.cards.open_of(KIND):
            if not subjects.get(card.subject, set()) & set(card.about) or subjects[card.subject] - set(card.about):
                await self._services.cards.withdraw(KIND, card.subject)
        place = self._services.places.admin_group()
        for moment, rows in open_now.items() if place else ():
            assert place  # noqa: S101 - else there is nothing to go through
            await self._ask(moment, rows, place)

    async def _catch_up(self, decided: Sequence[tuple[Waiting, Decision]]) -> None:
        """Carry out what was decided while a row was being held, or before a crash: no second word is needed."""
        late = [(row, decision) for row, decision in decided if row.state is State.HELD and row.reason == not_yet()]
        approved = [row for row, decision in late if decision is Decision.APPROVED]
        if approved:
            await self._approvals.release(approved, self._services.clock.now())
        if rejected := [row for row, decision in late if decision is Decision.REJECTED]:
            await self._leave_out(rejected)

    async def _sorted(self) -> tuple[Mapping[Moment, list[tuple[Waiting, str]]], list[tuple[Waiting, Decision]]]:
        """Return by moment what nobody has decided about, each row with its digest, and what was decided."""
        found: defaultdict[Moment, list[tuple[Waiting, str]]] = defaultdict(list)
        decided: list[tuple[Waiting, Decision]] = []
        waiting = await self._approvals.waiting(self._services.clock.now())
        digests = await asyncio.to_thread(lambda: [digest_of(row.parts) for row in waiting])
        known: dict[Moment, Mapping[str, Decided]] = {}
        for row, digest in zip(waiting, digests, strict=True):
            moment = row.moment
            if moment not in known:
                known[moment] = await self._approvals.decided(moment)
            if said := known[moment].get(digest):
                decided.append((row, said.decision))
            else:
                found[moment].append((row, digest))
        return found, decided

    async def _ask(self, moment: Moment, rows: Sequence[tuple[Waiting, str]], place: Place) -> None:
        labels = (
            (1, _("Approve"), Decision.APPROVED.value),
            (2, _("Reject"), Decision.REJECTED.value),
            (3, _("Change the words"), _REWORD),
        )
        card = await self._services.cards.open(
            NewCard(
                kind=KIND,
                subject=_subject(moment),
                place=place,
                text=question(moment, [row for row, _digest in rows]),
                options=tuple(CardOption(digit=digit, label=label, choice=choice) for digit, label, choice in labels),
                role=Role.OPERATOR,
                about=tuple(sorted({digest for _row, digest in rows})),
            )
        )
        await self._bring(card, [row for row, _digest in rows], place)

    async def _bring(self, card: Card, rows: Sequence[Waiting], place: Place) -> None:
        """Post the files that go out, each once; what the account can't send is named in the card alone."""
        parts = [part for row in rows for part in row.parts if self._can_send(place.account, part.content.kind)]
        there = tuple(filter(_is_there, files_of(parts)))
        if there:
            await self._answers.say(place, "", KIND, str(card.number), "files", files=there[:_MOST_FILES])

    async def _answer(self, card: Card, choice: str, actor: Actor) -> str | Onward:
        moment = _moment(card.subject)
        if choice == _REWORD:
            return Onward(text=reword_line(moment), stays=True)
        open_now, _decided = await self._sorted()
        rows = [row for row, digest in open_now.get(moment, ()) if digest in card.about]
        decision = Decision(choice)
        now = self._services.clock.now()
        said = [
            Decided(moment=moment, digest=digest, decision=decision, by=actor.name, at=now) for digest in card.about
        ]
        await self._approvals.decide(said)
        if decision is Decision.APPROVED:
            await self._approvals.release(rows, now)
            text = _("Approved: {step} in {groups} groups.")
        else:
            await self._leave_out(rows)
            text = _("Rejected: {step} is left out in {groups} groups, unless its words are changed.")
        return text.format(step=moment.step, groups=len({row.group for row in rows}))

    async def _leave_out(self, rows: Sequence[Waiting]) -> None:
        """End what is held already; the others are left out at their time."""
        keys = {(row.campaign, row.key) for row in rows if row.state is State.HELD}
        held = [one for one in await self._services.outcomes.pending((State.HELD,)) if (one.campaign, one.key) in keys]
        if held:
            await self._services.outcomes.settle(held, Settlement.SKIP)


def _is_there(path: str) -> bool:
    return Path(path).is_file()


def _subject(moment: Moment) -> str:
    return f"{moment.campaign}/{moment.step}/{moment.occurrence}"


def _moment(subject: str) -> Moment:
    campaign, step, occurrence = subject.split("/", 2)
    return Moment(campaign=campaign, step=step, occurrence=occurrence)
