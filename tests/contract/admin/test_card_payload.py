"""What a card concerns is kept with it, and open cards are found by their kind."""

from groupbot.admin.cards import CardOption, CardState, NewCard
from groupbot.admin.places import Place, PlaceKind
from groupbot.testing.events import NOON

OPS = Place(account="main", group="ops", kind=PlaceKind.ADMIN_GROUP)


def question(kind, subject, *about):
    options = (CardOption(digit=1, label="yes", choice="yes"),)
    return NewCard(kind=kind, subject=subject, place=OPS, text="?", options=options, about=about)


async def test_open_cards_of_a_kind_with_what_they_are_about(stores):
    await stores.cards.open(question("unknown", "a", "camp/x#0", "camp/群#1"), NOON)
    await stores.cards.open(question("held", "a"), NOON)
    await stores.cards.open(question("unknown", "b"), NOON)
    assert [card.about for card in await stores.cards.open_of("unknown")] == [("camp/x#0", "camp/群#1"), ()]
    await stores.cards.claim(1, choice="yes", by="Olga", at=NOON)
    await stores.cards.end(1, CardState.ANSWERED)
    assert [card.subject for card in await stores.cards.open_of("unknown")] == ["b"]
