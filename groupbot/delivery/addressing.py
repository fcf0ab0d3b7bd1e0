"""Our own accounts in what is posted: their names become platform ids in the moment of sending.

An id may change with a login, so nothing else would be sure to mean the account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from groupbot.core.content import ACCOUNT, ContactCard, Content, Text
from groupbot.delivery.values import Candidate

LOOK_AGAIN = timedelta(seconds=15)
"""How long a card waits before its account is looked for again: a login takes about as long."""
OwnId = Callable[[str], str | None]
"""Gives the id by which the platform knows an account itself, None = not known yet."""


def addressed(candidate: Candidate, own_id: OwnId) -> Candidate:
    """Return `candidate` with ids for the accounts that its next part names.

    A mention of an account without an id is left out, and its name begins the words instead. A card of one stays as it
    is: see `awaited`.
    """
    content = candidate.part.content
    put = _put(content, own_id)
    if put is content:
        return candidate
    here = candidate.next_part
    part = replace(candidate.part, content=put)
    return replace(candidate, parts=(*candidate.parts[:here], part, *candidate.parts[here + 1 :]))


def awaited(candidate: Candidate) -> str | None:
    """Return the account whose id the addressed candidate's next part can't do without."""
    content = candidate.part.content
    if isinstance(content, ContactCard) and content.contact.startswith(ACCOUNT):
        return content.contact.removeprefix(ACCOUNT)
    return None


def named_instead(text: Text, names: dict[str, str]) -> Text:
    """Return `text` without the mentions that are keys of `names`; their names begin its words instead."""
    called = "".join(f"@{names[who]} " for who in text.mentions if who in names)
    return replace(text, text=called + text.text, mentions=tuple(who for who in text.mentions if who not in names))


def _put(content: Content, own_id: OwnId) -> Content:
    match content:
        case Text(mentions=mentions) if any(who.startswith(ACCOUNT) for who in mentions):
            accounts = {who: who.removeprefix(ACCOUNT) for who in mentions if who.startswith(ACCOUNT)}
            ids = {who: own_id(account) for who, account in accounts.items()}
            known = tuple(ids.get(who) or who for who in mentions)
            lacking = {who: account for who, account in accounts.items() if not ids[who]}
            return named_instead(replace(content, mentions=known), lacking)
        case ContactCard(contact=contact) if contact.startswith(ACCOUNT):
            return replace(content, contact=own_id(contact.removeprefix(ACCOUNT)) or contact)
        case _:
            return content
