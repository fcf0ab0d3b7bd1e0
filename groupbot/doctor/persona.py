"""Personas: whether accounts look as config.toml declares."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from groupbot.chat.persona import BIO_LIMIT, NAME_LIMIT, Compared, Match, Trait
from groupbot.chat.persona_words import match_words, trait_word
from groupbot.doctor.checks import Check
from groupbot.i18n import _


def persona_checks(account: str, found: Collection[Compared], settable: Collection[str]) -> Iterator[Check]:
    """Yield how each declared trait of `account` stands; `settable`: those that `groupbot persona set` can change."""
    for item in found:
        yield _judge(account, item, can_set=item.trait in settable)


def _judge(account: str, item: Compared, *, can_set: bool) -> Check:
    name = f"persona:{account}:{item.trait}"
    what = trait_word(item.trait)
    if item.match is Match.DIFFERENT:
        message = _("{account} is called {shown!r} as its {trait}; config.toml declares {wanted!r}.")
        return Check(
            name=name,
            ok=False,
            message=message.format(account=account, trait=what, shown=item.shown, wanted=item.wanted),
            hint=way_out(account, item, can_set=can_set),
        )
    advice = way_out(account, item, can_set=can_set) if item.match in {Match.UNSURE, Match.UNREAD} else ""
    return Check(
        name=name,
        ok=True,
        message=match_words(item.match).format(account=account, trait=what),
        hint=" ".join(text for text in (advice, _too_long(item)) if text),
    )


def way_out(account: str, item: Compared, *, can_set: bool) -> str:
    """Return what a person does about a trait that is not, or may not be, as declared."""
    if can_set:
        return _("`groupbot persona set {account}` sets it while `groupbot run` runs.").format(account=account)
    wanted = item.wanted if item.trait in {Trait.AVATAR, Trait.COVER} else repr(item.wanted)
    return _("Look at it on the phone of {account}; it should be {wanted}.").format(account=account, wanted=wanted)


def _too_long(item: Compared) -> str:
    limit = {Trait.NAME: NAME_LIMIT, Trait.BIO: BIO_LIMIT}.get(item.trait)
    if limit is None or len(item.wanted) <= limit:
        return ""
    return _("It has {n} characters; WeChat is known to take {limit}.").format(n=len(item.wanted), limit=limit)
