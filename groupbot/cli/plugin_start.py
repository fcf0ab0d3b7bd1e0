"""What `groupbot plugin new` writes: a plugin that works, and a test of it."""

from __future__ import annotations

PLUGIN = '''\
"""Answers a greeting."""

from groupbot.api import MessageReceived, Plugin, PluginContext, PluginSettings, Post, Text


class Settings(PluginSettings):
    """The table [plugins.{name}] of config.toml. An unknown key is an error."""

    answer: str = "Hello!"


async def setup(ctx: PluginContext[Settings]) -> None:
    async def on_message(event: MessageReceived) -> None:
        group = ctx.group_of(event)
        if group is not None and event.text == "hello":
            answer = Text(text=ctx.settings.answer)
            await ctx.submit(Post(key=event.message_id, group=group.name, contents=(answer,)))

    ctx.on(MessageReceived, on_message)


PLUGIN = Plugin(name="{name}", setup=setup, settings=Settings, summary="answers a greeting")
'''

TEST = '''\
"""Run with pytest from the project's folder: pip install pytest"""

import asyncio
from pathlib import Path

from groupbot.testing import run_plugin

PLUGIN = Path(__file__).parents[1] / "plugins" / "{module}.py"


def test_a_greeting_is_answered():
    async def story():
        async with run_plugin(PLUGIN, {{"answer": "Hi!"}}) as kit:
            await kit.say("camp-1", "ann", "hello")
            await kit.say("camp-1", "bob", "something else")
            assert kit.texts == ["Hi!"]

    asyncio.run(story())
'''
