"""Alerts in chat: to the group that can do something about it, again until somebody says that they know.

Critical ones are cards with one reply, `1 Got it`. What this channel can't deliver it hands back, so that people are
told outside of chat: a post that does not go out in time, and what nobody acknowledged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from loguru import logger

from groupbot.admin.alert_rules import (
    AlertRules,
    Bursts,
    Waiting,
    digest,
    is_about_own_post,
    is_asked_elsewhere,
    subject_of,
)
from groupbot.admin.answers import LONGEST, Answers
from groupbot.admin.audit import by_itself
from groupbot.admin.cards import Card, CardKind, CardKinds, CardOption, NewCard
from groupbot.admin.people import Known
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.rights import Actor
from groupbot.admin.services import Services
from groupbot.campaign.one_off import ONE_OFF, order_key
from groupbot.campaign.values import PostView
from groupbot.chat.alerts import Alert, Severity
from groupbot.chat.channels import ChannelError
from groupbot.core.ids import token
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError
from groupbot.i18n import _, ngettext

KIND = "alert"
"""The kind of its cards, and how its posts' keys begin."""
LOOK = timedelta(seconds=15)
"""Between looks for digests that are due and for what nobody acknowledged."""
_KNOWN = (1, "known")


class WaitingAlerts(Protocol):
    """Keep alerts that are told later. Raises StoreError."""

    async def keep(self, alert: Alert, *, at: datetime, due: datetime) -> None:
        """Keep `alert` until `due`."""
        ...

    async def due(self, now: datetime) -> Sequence[Waiting]:
        """Return what is due, oldest first."""
        ...

    async def drop(self, numbers: Collection[int]) -> None:
        """Forget what was told."""
        ...


class Posted(Protocol):
    """Tell what went out."""

    async def posts_of(self, campaign: str, key: str) -> Sequence[PostView]:
        """Return the parts of a delivery that its platform took."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Post:
    alert: Alert
    key: str
    until: datetime


class ChatAlerts:
    """A `chat.channels.Preferred` over the control room."""

    name = "chat"

    def __init__(
        self,
        *,
        rules: AlertRules,
        services: Services,
        answers: Answers,
        kinds: CardKinds,
        waiting: WaitingAlerts,
        posted: Posted,
    ) -> None:
        self._rules = rules
        self._services = services
        self._answers = answers
        self._waiting = waiting
        self._posted = posted
        self._bursts = Bursts()
        self._unproven: list[_Post] = []
        self._rounds: dict[str, int] = {}
        self._looked_at: datetime | None = None
        kinds.register(KIND, CardKind(answer=self._note))

    def takes(self, alert: Alert) -> bool:
        """Tell whether there is a chat for it, and no card that asks there about the same."""
        return not is_asked_elsewhere(alert) and self._services.places.admin_group() is not None

    def ignores(self, alert: Alert) -> bool:
        """Tell whether `alert` is for the log alone: it says what became of an alert or an answer."""
        return is_about_own_post(alert)

    async def tell(self, alert: Alert) -> None:
        """Post `alert`, or keep it for later; raises ChannelError when the chat is out of reach."""
        now = self._services.clock.now()
        try:
            places = await self._places(alert)
            if (until := self._waits_until(alert, places, now)) is not None:
                await self._waiting.keep(alert, at=now, due=until)
                return
            posts = [await self._post(alert, place, now) for place in places]
            away = await self._away(places)
        except GroupbotError as error:
            raise ChannelError(str(error)) from error
        if away or not posts:
            raise ChannelError(_("{accounts} can't post now").format(accounts=", ".join(away) or "—"))
        self._unproven += posts

    async def tend(self, *, ending: bool = False) -> Sequence[Alert]:
        """Do what is due: digests, escalations; return what must be told outside of chat.

        `ending`: nothing more goes out, so what was not posted yet is returned, too.
        """
        now = self._services.clock.now()
        left = await self._unsent(now, ending=ending)
        if ending or (self._looked_at is not None and now - self._looked_at < LOOK):
            return left
        self._looked_at = now
        try:
            left += await self._tell_digests(now)
            return [*left, *await self._escalate(now)]
        except GroupbotError as error:  # what is handed back must not be lost with it
            logger.bind(action="alert-tend").error("{error}", error=str(error))
            return left

    # where to

    async def _places(self, alert: Alert) -> tuple[Place, ...]:
        """Return the squad's chat for what concerns a group of its, the admin group for all else and all critical."""
        places = self._services.places
        group = self._services.directory.get(alert.fields.get("group", ""))
        own = await self._squad(group.squad) if group is not None and group.squad else None
        if own is not None and alert.severity is not Severity.CRITICAL:
            return (own,)
        return tuple(place for place in (own, places.admin_group()) if place is not None)

    async def _squad(self, squad: str) -> Place | None:
        """Return where a squad hears of something: its chat, else 1:1 with its leader; None = nowhere."""
        chat = self._services.places.squad_group(squad)
        if chat is not None:
            return chat
        await self._services.people.freshen()
        leaders = [known for known in self._services.people.of_role(Role.LEADER) if squad in known.squads]
        chats = [place for known in leaders if (place := await self._private(known))]
        return next(iter(chats), None)

    def _waits_until(self, alert: Alert, places: Sequence[Place], now: datetime) -> datetime | None:
        until = self._rules.waits_until(alert.severity, now)
        if until is None and alert.severity is not Severity.CRITICAL:
            until = self._bursts.until("/".join((alert.code, *(place.key for place in places))), now)
        return until

    async def _post(self, alert: Alert, place: Place, now: datetime) -> _Post:
        until = now + self._rules.unsent_after
        if alert.severity is not Severity.CRITICAL:
            name = token()
            await self._answers.say(place, alert.text, KIND, name)
            return _Post(alert=alert, key=order_key(KIND, name), until=until)
        asked = _card(subject_of(alert), place, _("Urgent: {text}"), alert.text)
        card = await self._services.cards.open(asked)
        key = ["card", str(card.number)]
        words = _("Urgent: {text}").format(text=alert.plain or alert.text)
        if words not in card.text:  # other news of a trouble that nobody has acknowledged yet
            key = [KIND, str(card.number), "news", hashlib.sha256(words.encode()).hexdigest()[:16]]
            both = f"{card.text}\n{words}"
            await self._services.cards.reword(card, both if len(both) <= LONGEST else words, place, *key)
        return _Post(alert=alert, key=order_key(*key), until=until)

    async def _away(self, places: Iterable[Place]) -> list[str]:
        """Return the accounts of these chats that post nothing now."""
        online = {line.name for line in (await self._services.system.standing()).accounts if line.state == "online"}
        return sorted({place.account for place in places} - online)

    # what did not go out

    async def _unsent(self, now: datetime, *, ending: bool) -> list[Alert]:
        ripe = [post for post in self._unproven if ending or post.until <= now]
        self._unproven = [post for post in self._unproven if post not in ripe]
        return [post.alert for post in ripe if not await self._is_out(post)]

    async def _is_out(self, post: _Post) -> bool:
        try:
            return bool(await self._posted.posts_of(ONE_OFF, post.key))
        except GroupbotError:  # nobody knows, so it is told twice rather than never
            return False

    # digests

    async def _tell_digests(self, now: datetime) -> list[Alert]:
        """Tell what waited; return what has no chat any more."""
        rows = await self._waiting.due(now)
        by_place: dict[str, tuple[Place, list[Waiting]]] = {}
        homeless: list[Alert] = []
        for row in rows:
            places = await self._places(row.alert)
            homeless += [] if places else [row.alert]
            for place in places:
                by_place.setdefault(place.key, (place, []))[1].append(row)
        for place, here in by_place.values():
            key = "digest", place.key, str(here[-1].number)
            text = digest(here, self._rules.zone)
            await self._answers.say(place, text, *key)
            gravest = Severity.WARNING if any(row.alert.severity is Severity.WARNING for row in here) else Severity.INFO
            about = Alert(severity=gravest, code="digest", text=text)
            self._unproven.append(_Post(alert=about, key=order_key(*key), until=now + self._rules.unsent_after))
        if rows:
            await self._waiting.drop([row.number for row in rows])
        return homeless

    # what nobody acknowledged

    async def _escalate(self, now: datetime) -> list[Alert]:
        oldest: dict[str, Card] = {}
        for card in await self._services.cards.open_of(KIND):
            oldest.setdefault(card.subject, card)
        self._rounds = {subject: count for subject, count in self._rounds.items() if subject in oldest}
        raised = []
        for subject, card in oldest.items():
            count = self._rules.round_of(card.opened_at, now)
            if count > self._rounds.get(subject, 0):
                self._rounds[subject] = count
                raised += await self._raise(card, count, now)
        return raised

    async def _raise(self, card: Card, count: int, now: datetime) -> list[Alert]:
        """Tell its chat again, and the owners 1:1; return what is told outside of chat.

        Nothing is done when an earlier process did it: its post in the chat is known.
        """
        minutes = int((now - card.opened_at) / timedelta(minutes=1))
        words = ngettext(
            "Nobody has acknowledged this for {n} minute: {text}",
            "Nobody has acknowledged this for {n} minutes: {text}",
            minutes,
        )
        text = words.format(n=minutes, text=card.text)
        try:
            is_new = await self._tell_again(card, text, count)
        except GroupbotError as error:  # then chat is what is broken, and the others must hear of it all the more
            logger.bind(action="alert-escalate", card=card.number).error("{error}", error=str(error))
            is_new = True
        fields = {"card": str(card.number)}
        alert = Alert(severity=Severity.CRITICAL, code="unacknowledged", text=text, fields=fields)
        return [alert] if is_new else []

    async def _tell_again(self, card: Card, text: str, count: int) -> bool:
        """Post to the card's chat and to the owners; False = an earlier process did. Raises StoreError."""
        services, number = self._services, str(card.number)
        chat = services.places.named(card.place_key.removeprefix("g:")) or services.places.admin_group()
        if chat and not await self._answers.say(chat, f"#{number} {text}", KIND, number, "again", str(count)):
            return False
        for place in await self._owners():
            own = await services.cards.open(_card(card.subject, place, "{text}", text))
            if count > 1:
                await self._answers.say(place, f"#{own.number} {text}", KIND, str(own.number), str(count))
        entry = by_itself(services.clock.now(), card.place_key, "alert/escalated", f"#{number} ({count})")
        await services.audit.write(entry)
        return True

    async def _owners(self) -> list[Place]:
        await self._services.people.freshen()
        return [place for known in self._services.people.of_role(Role.OWNER) if (place := await self._private(known))]

    async def _private(self, known: Known) -> Place | None:
        """Return the 1:1 chat with somebody, by an account that is online where there is one."""
        ids = self._services.people.ids_of(known.name)
        chats = [Place(account=name, member=member, kind=PlaceKind.PRIVATE) for name, member in sorted(ids.items())]
        away = set(await self._away(chats))
        return min(chats, key=lambda place: place.account in away, default=None)

    async def _note(self, card: Card, _choice: str, actor: Actor) -> str:
        await self._services.cards.withdraw(KIND, card.subject)  # the same question in the other chats
        self._rounds.pop(card.subject, None)
        return _("{name} takes care of #{number}.").format(name=actor.name, number=card.number)


def _card(subject: str, place: Place, words: str, text: str) -> NewCard:
    digit, choice = _KNOWN
    return NewCard(
        kind=KIND,
        subject=subject,
        place=place,
        text=words.format(text=text),
        options=(CardOption(digit=digit, label=_("Got it"), choice=choice),),
        role=Role.STAFF,
        squad=place.squad,
    )
