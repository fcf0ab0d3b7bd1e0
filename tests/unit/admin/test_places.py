"""Which chat is what, and which is found for whom."""

from groupbot.admin.places import PlaceKind


def test_chats_are_found_by_what_they_are_for(chat):
    places = chat.room.places
    assert places.admin_group().group == "ops"
    assert places.squad_group("east").group == "east-ops"
    assert (places.squad_group("north"), places.named("nowhere")) == (None, None)
    assert places.named("camp-1").kind is PlaceKind.CUSTOMER_GROUP
    assert places.squads == ("east", "west")
    assert places.named("ops").spoken == "ops"


def test_an_edit_of_the_config_counts_at_once(chat):
    chat.room.places.adopt(["camp-1"], [])
    assert chat.room.places.named("camp-1").kind is PlaceKind.ADMIN_GROUP
    assert chat.room.places.named("ops").kind is PlaceKind.CUSTOMER_GROUP
    assert chat.room.places.squad_group("east") is None


async def test_the_same_chat_has_the_same_key_and_another_account_another_one(chat):
    places = chat.room.places
    here, again, alone, elsewhere = (
        places.of(chat.event("x")),
        places.of(chat.event("y", account="spare", group="s-ops")),
        places.of(chat.event("x", group=None)),
        places.of(chat.event("x", group=None, account="spare")),
    )
    assert here.key == again.key
    assert len({here.key, alone.key, elsewhere.key}) == 3
