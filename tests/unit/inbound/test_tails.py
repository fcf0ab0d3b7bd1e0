"""Phone tails that members tell themselves."""

from dataclasses import replace

import pytest

from groupbot.inbound.tails import TailStage
from groupbot.settings.tracking import StageSettings
from groupbot.testing import FakeClock
from groupbot.testing.events import NOON, message

STAGES = (
    StageSettings(name="signed_up", pattern=r"^报名\s*(?P<tail>\d+)$"),
    StageSettings(name="attended", pattern=r"\d{4}"),
)


class Kept:
    def __init__(self):
        self.tails = {}

    async def add(self, tails, *, by, now):
        self.tails |= tails


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("尾号 1234", "1234"),
        ("我报名，手机尾号：１２３４", "1234"),
        ("尾号是1234谢谢", "1234"),
        ("尾号12345", ""),
        ("尾号 12", ""),
        ("报名 13800001234", "1234"),
        ("报名 12", ""),
        ("1234", ""),
        ("尾号 1234" + "x" * 600, ""),
    ],
)
async def test_what_a_message_tells(text, tail):
    kept = Kept()
    stage = TailStage(tails=kept, stages=lambda: STAGES, clock=FakeClock(NOON), ours={"bot"})
    event = message("m1", text=text)
    await stage.handle(event)
    assert kept.tails == ({event.sender.id: [tail]} if tail else {})


async def test_nothing_is_kept_of_ourselves_or_of_a_picture():
    kept, event = Kept(), message("m1", text="尾号 1234")
    stage = TailStage(tails=kept, stages=lambda: STAGES, clock=FakeClock(NOON), ours={event.sender.id})
    await stage.handle(event)
    await stage.handle(replace(event, kind="image", sender=replace(event.sender, id="ann")))
    assert kept.tails == {}
