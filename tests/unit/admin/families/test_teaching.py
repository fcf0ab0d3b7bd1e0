"""What people say of quoted messages is learned, shown and taken back."""

import pytest

from groupbot.admin.cards import CardOption, NewCard
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.risk_ports import Heard, LessonLine, Taught, VersionLine
from groupbot.core.roles import Role
from groupbot.risk.ladder import Concern
from groupbot.testing.events import NOON

AD = "加微信领资料"
QUOTE = f"「安安：{AD}」\n- - - - - - - - - -\n"


def lessons(chat):
    return [(one.concern, one.is_hit, one.text, one.by, one.way) for one in chat.risk.lessons.learned]


async def test_a_message_that_is_quoted_in_words_is_taught(chat):
    assert await chat.type(f"{QUOTE}/风险 误报", by="u-leader", group="g-east") == "Noted."
    assert await chat.type(f"{QUOTE}/风险 漏报 负面") == "Noted."
    assert lessons(chat)[0] == (Concern.ADS, False, AD, "Lena", "quote")
    assert lessons(chat)[1][:3] == (Concern.NEGATIVE, True, AD)


async def test_a_message_that_is_quoted_by_its_id_is_looked_up(chat):
    chat.risk.heard["main", "m-ad"] = Heard(group="camp-1", text=AD)
    assert await chat.type("/风险 漏报", quoted_id="m-ad") == "Noted."
    [lesson] = chat.risk.lessons.learned
    assert (lesson.text, lesson.message_id, lesson.is_hit) == (AD, "main/m-ad", True)


@pytest.mark.parametrize("more", [{}, {"quoted_id": "m-picture"}, {"quoted_id": "m-none"}])
async def test_without_words_nothing_is_learned(chat, more):
    chat.risk.heard["main", "m-picture"] = Heard(group="camp-1", text="")
    assert "Quote the message" in await chat.type("/风险 误报", **more)
    assert lessons(chat) == []
    assert chat.audit.entries[-1].result == "refused"


async def test_a_question_of_the_bot_is_no_message(chat):
    place = Place(account="main", group="ops", kind=PlaceKind.ADMIN_GROUP)
    options = (CardOption(digit=1, label="remove", choice="remove"),)
    await chat.room.services.cards.open(
        NewCard(kind="risk", subject="ann", place=place, text="camp-1: an ad?", options=options, role=Role.STAFF)
    )
    quote = f"「groupbot：{chat.said.texts[-1]}」\n- - - - - - - - - -\n"
    assert "Answer it with #1" in await chat.type(f"{quote}/风险 误报")
    assert lessons(chat) == []


async def test_versions_and_corrections_are_listed(chat):
    chat.risk.lessons.known = Taught(
        versions=(
            VersionLine(concern=Concern.ADS, number=2, made_at=NOON, promoted=False, is_used=False),
            VersionLine(concern=Concern.ADS, number=1, made_at=NOON, promoted=True, is_used=True),
        ),
        lessons=(LessonLine(number=7, concern=Concern.ADS, is_hit=False, by="Lena", at=NOON, undone=False),),
    )
    said = (await chat.type("/风险 版本")).splitlines()
    assert [line.rpartition(" · ")[2] for line in said] == ["refused by the guard set", "in use", "no advertisement"]
    assert "Forgotten: 7" in await chat.type("/风险 撤回教学 7")
    assert chat.risk.lessons.undone == [(7, "Opal")]


async def test_rolling_back_is_for_admins_and_asks_first(chat):
    assert "version 1" in await chat.type("/风险 回退 1 负面", by="u-admin")
    assert chat.risk.lessons.used == []
    digits = next(word for word in chat.said.texts[-1].replace("\n", " ").split() if word.isdigit() and len(word) == 4)
    await chat.type(digits, by="u-admin")
    assert [(concern, number) for concern, number, _by in chat.risk.lessons.used] == [(Concern.NEGATIVE, 1)]
