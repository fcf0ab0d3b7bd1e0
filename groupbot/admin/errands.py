"""Tasks as cards: to who does them, with words and files ready to copy, and ticked off by one digit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from groupbot.admin.alert_rules import Bursts, cut
from groupbot.admin.answers import Answers
from groupbot.admin.audit import by_itself
from groupbot.admin.cards import Card, CardKind, CardKinds, CardOption, NewCard
from groupbot.admin.case_cards import AT_ONCE, WITHIN, CaseCards
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.rights import Actor
from groupbot.admin.services import Services
from groupbot.admin.task_book import KIND
from groupbot.campaign.by_hand import files_of, words_of
from groupbot.campaign.tasks import TaskAlerts, due_words
from groupbot.campaign.values import TaskView
from groupbot.core.content import Part, dump_parts
from groupbot.core.roles import Role
from groupbot.errors import CampaignError
from groupbot.i18n import _, ngettext

_DONE, _LATER = "done", "later"
_LONGEST = 60
"""Signs of a task in a list."""


class TaskCards:
    """A `campaign.tasks.Teller`: 1:1 where the person's id is bound, else the squad's chat, else the admin group.

    `can_send`: whether an account can send a kind of content. Without any chat `otherwise` is told. Raises StoreError.
    """

    def __init__(
        self,
        *,
        services: Services,
        answers: Answers,
        kinds: CardKinds,
        otherwise: TaskAlerts,
        can_send: Callable[[str, str], bool],
        postpone_by: timedelta,
    ) -> None:
        self._services = services
        self._answers = answers
        self._otherwise = otherwise
        self._can_send = can_send
        self._postpone_by = postpone_by
        self._questions = CaseCards(
            cards=services.cards, answers=answers, places=services.places, clock=services.clock, kinds=(KIND,)
        )
        self._chases = Bursts(AT_ONCE, WITHIN)
        self._still: dict[str, tuple[Place, list[tuple[int, TaskView]]]] = {}
        kinds.register(KIND, CardKind(answer=self._answer))

    async def ask(self, task: TaskView) -> None:
        place = await self._place(task)
        if place is None:
            await self._otherwise.ask(task)
            return
        await self._services.cards.withdraw(KIND, task.name)
        card, is_posted = await self._questions.open(self._card(task, place))
        for number, part in enumerate(task.parts):
            await self._bring(part, place, f"{card.number}/{number}" if is_posted else _alike(task, part))

    async def chase(self, task: TaskView) -> None:
        place = await self._place(task)
        card = await self._open_card(task, place)
        if place is None or card is None:
            await self.ask(task)
            return
        if self._chases.until(place.key, self._services.clock.now()) is not None:
            self._still.setdefault(place.key, (place, []))[1].append((card.number, task))
            return
        text = _("Still open, #{number}: {task}").format(number=card.number, task=due_words(task))
        await self._answers.say(place, text, KIND, str(card.number), "again", str(task.reminders))

    async def tend(self) -> None:
        """Tell in one message what was too much for one each. Raises StoreError."""
        await self._questions.tend()
        for key, (place, open_here) in tuple(self._still.items()):
            lines = [f"#{number} {task.text.partition(chr(10))[0][:_LONGEST]}" for number, task in open_here]
            text = _("Still open:") + "\n" + "\n".join(cut(lines))
            number, task = open_here[0]
            await self._answers.say(place, text, KIND, str(number), "all", str(task.reminders))
            del self._still[key]

    async def escalate(self, task: TaskView) -> None:
        place = await self._place(task)
        in_squad = place is not None and place.kind is PlaceKind.SQUAD_GROUP
        await self._otherwise.escalate(task, above=in_squad)
        now, where = self._services.clock.now(), place.key if place is not None else ""
        await self._services.audit.write(by_itself(now, where, "task/escalated", task.name))

    async def _place(self, task: TaskView) -> Place | None:
        services = self._services
        group = services.directory.get(task.group or "")
        if task.assignee in services.people.names:
            await services.people.freshen()
            ids = services.people.ids_of(task.assignee)
            account = group.account if group is not None and group.account in ids else min(ids, default="")
            if account:
                return Place(account=account, member=ids[account], kind=PlaceKind.PRIVATE)
        own = services.places.squad_group(group.squad) if group is not None and group.squad else None
        return own or services.places.admin_group()

    def _card(self, task: TaskView, place: Place) -> NewCard:
        minutes = round(self._postpone_by / timedelta(minutes=1))
        later = ngettext("in {n} minute", "in {n} minutes", minutes).format(n=minutes)
        labels = ((_DONE, _("Done")), (_LATER, later))
        options = tuple(
            CardOption(digit=digit, label=label, choice=choice) for digit, (choice, label) in enumerate(labels, start=1)
        )
        group = self._services.directory.get(task.group or "")
        squad = group.squad if group is not None and place.kind is not PlaceKind.PRIVATE else ""
        return NewCard(
            kind=KIND,
            subject=task.name,
            place=place,
            text=due_words(task),
            options=options,
            role=Role.STAFF if squad or place.kind is PlaceKind.PRIVATE else Role.OPERATOR,
            squad=squad,
        )

    async def _bring(self, part: Part, place: Place, name: str) -> None:
        """Post one part, alone in its message so that it is copied by one touch; a file as itself where it can go."""
        files = files_of([part])
        if files and self._can_send(place.account, part.content.kind) and all(map(_is_there, files)):
            await self._answers.say(place, "", KIND, name, files=files)
        else:
            await self._answers.say(place, words_of([part]), KIND, name)

    async def _open_card(self, task: TaskView, place: Place | None) -> Card | None:
        mine: Sequence[Card] = await self._services.cards.open_of(KIND)
        here = place.key if place is not None else ""
        return next((card for card in mine if (card.subject, card.place_key) == (task.name, here)), None)

    async def _answer(self, card: Card, choice: str, actor: Actor) -> str:
        book = self._services.tasks
        try:
            if choice == _DONE:
                task = await book.complete(card.subject, by=actor.name)
                return _("Done by {name}: {task}").format(name=actor.name, task=task.text)
            task = await book.postpone(card.subject, self._services.clock.now() + self._postpone_by)
        except CampaignError as error:  # settled in another way: the card must not stay open
            return str(error)
        due = task.due.astimezone(self._services.zone) if task.due else None
        return _("Told again at {clock}: {task}").format(clock=f"{due:%H:%M}" if due else "—", task=task.text)


def _alike(task: TaskView, part: Part) -> str:
    """Name what is brought once for all tasks that are told together: a hundred groups are to get the same words."""
    return f"{task.step}/{task.due}/{hashlib.sha256(dump_parts((part,)).encode()).hexdigest()[:16]}"


def _is_there(path: str) -> bool:
    return Path(path).is_file()
