"""How the parts of a persona, and whether they are as declared, are told to people."""

from __future__ import annotations

from groupbot.chat.persona import Match, Trait
from groupbot.i18n import _


def trait_word(trait: Trait) -> str:
    """Return the word for a part of a persona."""
    words = {Trait.NAME: _("name"), Trait.BIO: _("bio"), Trait.AVATAR: _("profile picture"), Trait.COVER: _("cover")}
    return words[trait]


def match_words(match: Match) -> str:
    """Return how a trait stands, as a sentence about {account} and {trait}."""
    words = {
        Match.SAME: _("The {trait} of {account} is as declared."),
        Match.DIFFERENT: _("The {trait} of {account} differs from what is declared."),
        Match.RECODED: _("The {trait} of {account} was set from the declared file; the platform stores its own copy."),
        Match.UNSURE: _("The {trait} of {account} can't be compared: the platform stores pictures in its own way."),
        Match.UNREAD: _("The {trait} of {account} was not read: it is not set, or the platform does not tell."),
    }
    return words[match]
