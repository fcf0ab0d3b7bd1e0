"""Who plays the roles that a plan mentions or shows the cards of: each becomes the account that a launch maps it to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from groupbot.core.content import ACCOUNT, ROLE, ContactCard, Content, Part, Text
from groupbot.delivery.addressing import named_instead
from groupbot.i18n import _
from groupbot.sop.planned import Plan, PlannedDelivery, Problem


@dataclass(kw_only=True, slots=True)
class Cast:
    """Put accounts for roles. `accounts`: role -> account; `titles`: role -> what operators call it.

    Plans share parts between groups, so equal work is done once: `parts` must outlive the cast.
    """

    accounts: Mapping[str, str]
    titles: Mapping[str, str]
    _done: dict[int, tuple[Part, ...]] = field(default_factory=dict)

    def parts(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """Return `parts` with accounts for roles; a mentioned role without an account stands in the words."""
        known = self._done.get(id(parts))
        if known is None:
            known = self._done[id(parts)] = self._put_all(parts)
        return known

    def _put_all(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        if not any(_named(part.content) for part in parts):
            return parts
        return tuple(replace(part, content=self._put(part.content)) for part in parts)

    def _put(self, content: Content) -> Content:
        match content:
            case Text(mentions=mentions):
                lacking = {who: self._title(who) for who in mentions if who.startswith(ROLE) and not self._account(who)}
                return named_instead(replace(content, mentions=tuple(map(self._mark, mentions))), lacking)
            case ContactCard(contact=contact):
                return replace(content, contact=self._mark(contact))
            case _:
                return content

    def _mark(self, who: str) -> str:
        account = self._account(who)
        return f"{ACCOUNT}{account}" if account else who

    def _account(self, who: str) -> str | None:
        return self.accounts.get(who.removeprefix(ROLE)) if who.startswith(ROLE) else None

    def _title(self, who: str) -> str:
        role = who.removeprefix(ROLE)
        return self.titles.get(role) or role


def roles_named(plan: Plan) -> set[str]:
    """Return the roles that the plan mentions or shows the cards of."""
    return {role for _delivery, _content, role in _occurrences(plan.deliveries)}


def cast_problems(plan: Plan, accounts: Mapping[str, str]) -> list[Problem]:
    """Report once for each step and role what a role without an account does to the step."""
    seen: dict[tuple[str, str, str], Problem] = {}
    for delivery, content, role in _occurrences(plan.deliveries):
        if not accounts.get(role):
            key = (delivery.step, role, content.kind)
            seen[key] = seen.get(key) or _problem(delivery, content, plan.roles.get(role) or role, role)
    return list(seen.values())


def _problem(delivery: PlannedDelivery, content: Content, title: str, role: str) -> Problem:
    hint = _("Say which account it is: --role {role}=ACCOUNT, in chat 角色={role}=ACCOUNT.").format(role=role)
    if isinstance(content, ContactCard):
        message = _("step {step} posts the card of {title}, and the role has no account")
        return Problem(
            level="error",
            code="card-without-account",
            message=message.format(step=delivery.step, title=title),
            hint=hint,
            where=delivery.source,
        )
    message = _("step {step} mentions {title}, and the role has no account: its name is written instead")
    return Problem(
        level="warning",
        code="mention-without-account",
        message=message.format(step=delivery.step, title=title),
        hint=hint,
        where=delivery.source,
    )


def _occurrences(deliveries: Iterable[PlannedDelivery]) -> Iterator[tuple[PlannedDelivery, Content, str]]:
    seen: set[tuple[str, int]] = set()
    for delivery in deliveries:
        if (delivery.step, id(delivery.parts)) in seen:
            continue
        seen.add((delivery.step, id(delivery.parts)))
        for part in delivery.parts:
            for role in _named(part.content):
                yield delivery, part.content, role


def _named(content: Content) -> list[str]:
    names = content.mentions if isinstance(content, Text) else ()
    names = (content.contact,) if isinstance(content, ContactCard) else names
    return [name.removeprefix(ROLE) for name in names if name.startswith(ROLE)]
