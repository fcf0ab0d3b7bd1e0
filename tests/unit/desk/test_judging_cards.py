"""Cards, mini-programs and forwards by their words and their conduct, and private words by their words alone."""

import pytest

from groupbot.core.events import MessageReceived, Person
from groupbot.core.findings import Finding
from groupbot.desk.judging import Judging
from groupbot.inbound.risk_ports import Context
from groupbot.risk.ladder import Concern
from groupbot.risk.model import KINDS
from groupbot.risk.rules import Rules
from groupbot.risk.shipped import shipped_model
from groupbot.settings.risk import RiskSettings
from groupbot.testing.events import NOON

SHOP = "本周新到好物一览\n好物小店"
OFFER = "群聊的聊天记录\n有需要的私聊我，兼职刷单日结 vx：abcd8888"


class Shipped:
    revision = 0

    async def models(self):
        return [shipped_model(kind) for kind in KINDS]


async def fetch(account, message_id):
    raise AssertionError("nothing to look at")


async def plugin(message):
    return [Finding(rule="mine", kind="ads", score=0.2)]


@pytest.fixture
def judging():
    rules = Rules(RiskSettings(allowed_cards=("小打卡",)))
    return Judging(rules=rules, models=Shipped(), fetch=fetch, find=plugin)


async def judge(judging, text, kind, *, by="ann", group="camp-1", **more):
    message = MessageReceived(
        account="main", event_id="e", at=NOON, group=group, sender=Person(id=by), message_id="m", kind=kind, text=text
    )
    return await judging.judge(message, Context(group=group, **more))


async def test_a_forward_is_judged_by_what_its_messages_say(judging):
    found = await judge(judging, OFFER, "chat_history")
    reach = next(one for one in found.findings if one.rule == "wechat-id")
    assert "abcd8888" in reach.evidence(OFFER)
    assert {"forward", "model:ads"} <= {one.rule for one in found.findings}
    assert found.scores[Concern.ADS] > 0.95
    harmless = await judge(judging, "群聊的聊天记录\n今天的作业是第三课", "chat_history")
    assert harmless.scores[Concern.ADS] < 0.3


async def test_the_same_card_in_several_groups_is_found_unless_it_is_allowed(judging):
    for text, spreads in ((SHOP, True), ("今天的打卡完成啦大家加油\n小打卡", False)):
        found = [await judge(judging, text, "mini_program", by=f"m{n}", group=f"camp-{n}") for n in range(3)]
        rules = {one.rule for one in found[-1].findings}
        assert ("same-in-groups" in rules, "mini-program" in rules) == (spreads, spreads)


async def test_of_private_words_only_the_words_count(judging):
    for n in range(8):
        found = await judge(judging, "你们这是骗子公司，马上退钱", "text", group=f"g{n}", is_private=True)
    assert not {"flood", "same-in-groups", "mine"} & {one.rule for one in found.findings}
    assert any(one.kind == "fraud" for one in found.findings)
