"""What members say draws their group's threshold; what was acted on and what people corrected does not, or does."""

import pytest

from groupbot.desk.own_thresholds import EVERY, OwnThresholds
from groupbot.errors import StoreError
from groupbot.inbound.risk_ports import Judged
from groupbot.risk.ladder import Concern
from groupbot.risk.rules import Band
from groupbot.risk.samples import Sample, added, bin_of

from .risk_scene import CODE, FLOOD, OFFER, Scene

KEY = ("camp-1", Concern.ADS)


class Store:
    def __init__(self):
        self.kept = {}
        self.is_down = False

    async def add(self, news, most, at):
        if self.is_down:
            raise StoreError("locked")
        for key, counts in news.items():
            self.kept[key] = added(self.kept.get(key, Sample()), counts, most)

    async def all(self):
        return self.kept


def new_scene(mode="alert", **risk):
    scene = Scene(mode, own_thresholds={"after": 3, "fpr": 0.4}, **risk)
    scene.chat.risk.rules.trained({Concern.ADS: Band(threshold=0.5, sure=0.98)})
    scene.judge.script |= {
        "好的": Judged(scores={Concern.ADS: 0.05, Concern.NEGATIVE: 0.05}),
        "优惠": Judged(scores={Concern.ADS: 0.45}),
        "码": Judged(scores={Concern.ADS: 0.1}, findings=(CODE,)),
        "快": Judged(scores={Concern.ADS: 0.1, Concern.FLOOD: 0.8}, findings=(FLOOD,)),
        "卖": Judged(scores={Concern.ADS: 0.6}, findings=(OFFER,)),
    }
    store = Store()
    return scene, store, OwnThresholds(store, scene.chat.risk.rules, scene.chat.clock)


async def test_a_groups_own_talk_draws_its_line_and_is_kept_as_counts():
    scene, store, own = new_scene("observe")
    for by in ("ann", "bob", "eve"):
        await scene.say("好的", by=by)
    await own.look()
    assert store.kept[KEY].counts[bin_of(0.05)] == 3
    assert scene.chat.risk.rules.of(Concern.ADS, "camp-1").threshold == 0.4
    assert scene.chat.risk.rules.of(Concern.ADS, "camp-2").threshold == 0.5
    assert (*KEY[:1], Concern.NEGATIVE) not in store.kept  # its scorer was trained to nothing yet


@pytest.mark.parametrize(
    "said", ["卖", "快", {"kind": "image"}, {"by": "u-staff"}, {"group": None}, {"group": "g-ops"}]
)
async def test_what_draws_no_line(said):
    scene, _store, _own = new_scene()
    text, more = (said, {}) if isinstance(said, str) else ("好的", said)
    await scene.say(text, **more)
    assert scene.chat.risk.rules.samples.take() == {}


async def test_a_newcomers_code_that_was_acted_on_draws_no_line():
    scene, _store, _own = new_scene("strict")
    scene.joined["camp-1", "ann"] = scene.chat.clock.now()
    await scene.say("码")
    await scene.say("码", by="bob")
    assert scene.chat.risk.rules.samples.take() == {KEY: {bin_of(0.1): 1}}


async def test_what_people_say_of_a_case_is_heard():
    scene, _store, _own = new_scene()
    await scene.say("卖")
    await scene.chat.type("#1 2", by="u-leader", group="g-east")  # a false alarm
    assert scene.chat.risk.rules.samples.take() == {KEY: {bin_of(0.6): 1}}
    scene.chat.risk.rules.samples.lines = {KEY: 0.4}
    await scene.say("优惠", by="bob")
    assert scene.chat.risk.rules.samples.take() == {KEY: {bin_of(0.45): 1}}
    await scene.chat.type("#2 1", by="u-leader", group="g-east")  # it is one
    assert scene.chat.risk.rules.samples.take() == {KEY: {bin_of(0.45): -1}}


async def test_a_complaint_that_was_none_is_honest():
    scene, _store, _own = new_scene()
    scene.chat.risk.rules.trained({Concern.NEGATIVE: Band(threshold=0.9, sure=0.99)})
    await scene.say("太差了")
    await scene.chat.type("#1 3", by="u-leader", group="g-east")
    assert scene.chat.risk.rules.samples.take() == {("camp-1", Concern.NEGATIVE): {bin_of(0.97): 1}}


async def test_what_the_store_did_not_take_is_kept_the_next_time():
    scene, store, own = new_scene()
    await scene.say("好的")
    store.is_down = True
    with pytest.raises(StoreError):
        await own.look()
    store.is_down = False
    scene.chat.clock.advance(EVERY.total_seconds())
    await own.look()
    assert store.kept[KEY].size == 1
    await scene.say("好的")
    await own.look()  # once a minute
    assert store.kept[KEY].size == 1
