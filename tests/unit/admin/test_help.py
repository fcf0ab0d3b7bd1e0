"""/帮助 finds what is asked about by any of its words."""

import pytest


@pytest.mark.parametrize("about", ["启动", "活动 启动", "campaign launch", "LAUNCH"])
async def test_one_command_is_shown_in_full(chat, about):
    assert "Asks back before it acts." in await chat.type(f"/帮助 {about}")


@pytest.mark.parametrize("about", ["活动", "campaign"])
async def test_a_first_word_lists_its_commands(chat, about):
    said = await chat.type(f"/帮助 {about}")
    assert "/活动 启动:" in said
    assert "/活动 暂停:" in said
    assert "/群" not in said
