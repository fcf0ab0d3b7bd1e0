"""Chat first: the other channels are told what chat could not tell, and nothing is told of the telling."""

from __future__ import annotations

import asyncio

from groupbot.chat.alerts import Alert, Severity
from groupbot.chat.channels import ChannelError
from tests.unit.chat.office import Line


class Chat(Line):
    """A preferred channel; `back` is what it hands back at the next look."""

    def __init__(self, **more):
        super().__init__("chat", **more)
        self.back = []
        self.rests = []
        self.is_there = True
        self.breaks = False

    def takes(self, _alert):
        return self.is_there

    def ignores(self, alert):
        return alert.code == "own"

    async def tend(self, *, ending=False):
        if self.breaks:
            raise ChannelError("no store")
        given, self.back = [*self.back, *(self.rests if ending else ())], []
        return given


def alert(text="x", *, code="c", severity=Severity.CRITICAL, files=()):
    return Alert(severity=severity, code=code, text=text, fields={"text": text}, attachments=files)


async def test_others_hear_nothing_of_what_chat_took(office):
    chat, mail = Chat(), Line()
    desk = office.desk(mail)
    desk.prefer(chat)
    await ran(desk, alert("a"), alert("news", severity=Severity.INFO))
    assert (chat.texts, mail.texts) == (["a", "news"], [])


async def test_others_hear_what_chat_refuses_or_has_no_place_for(office):
    chat, mail = Chat(failures=9), Line()
    desk = office.desk(mail)
    desk.prefer(chat)
    await ran(desk, alert("a"), alert("news", severity=Severity.INFO))
    assert mail.texts == ["a"]
    chat.is_there = False
    again = Line()
    desk = office.desk(again)
    desk.prefer(chat)
    await ran(desk, alert("b"))
    assert again.texts == ["b"]


async def test_files_go_outside_and_once(office):
    chat, mail = Chat(failures=9), Line()
    desk = office.desk(mail)
    desk.prefer(chat)
    await ran(desk, alert("scan", files=("/login.png",)))
    assert mail.texts == ["scan"]


async def test_what_chat_hands_back_later_and_at_the_end_is_told_outside(office):
    chat, mail = Chat(), Line()
    desk = office.desk(mail)
    desk.prefer(chat)
    chat.back, chat.rests = [alert("unsent")], [alert("unproven")]
    await ran(desk)
    assert mail.texts == ["unsent", "unproven"]


async def test_what_is_about_alerts_goes_to_the_log_alone(office, heard):
    chat, mail = Chat(), Line()
    desk = office.desk(mail)
    desk.prefer(chat)
    chat.breaks = True
    await ran(desk, alert("a", code="own"))
    assert (office.log.texts, chat.texts, mail.texts) == (["a"], [], [])
    assert heard("alert-tend")


async def ran(desk, *alerts):
    """Send `alerts`, run the desk until they are through, and stop it."""
    running = asyncio.create_task(desk.run())
    for one in alerts:
        await desk.send(one)
    for _turn in range(20):
        await asyncio.sleep(0)
    desk.close()
    async with asyncio.timeout(5):
        await running
