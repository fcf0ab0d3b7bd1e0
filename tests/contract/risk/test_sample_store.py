"""Samples of scores come back as they were counted, from however many daemons."""

import asyncio

import pytest

from groupbot.risk.ladder import Concern
from groupbot.risk.samples import bin_of
from groupbot.storage.risk_samples import SqlSamples
from groupbot.testing.events import NOON, after

ADS, NEGATIVE = ("camp-1", Concern.ADS), ("camp-1", Concern.NEGATIVE)
LOW, HIGH = bin_of(0.05), bin_of(0.6)


@pytest.fixture(params=["sqlite", "postgresql"])
def samples(request):
    return SqlSamples(request.getfixturevalue(request.param).database)


async def test_what_is_new_is_added_and_halved_when_it_is_too_much(samples):
    assert await samples.all() == {}
    await samples.add({ADS: {LOW: 6, HIGH: 2}, NEGATIVE: {LOW: 1}}, 100, NOON)
    await samples.add({ADS: {HIGH: -1}}, 100, after(60))
    kept = await samples.all()
    assert (kept[ADS].counts[LOW], kept[ADS].counts[HIGH], kept[NEGATIVE].size) == (6, 1, 1)
    await samples.add({ADS: {LOW: 6}}, 8, after(120))
    assert (await samples.all())[ADS].size == 6


async def test_two_daemons_lose_nothing(samples):
    await samples.add({ADS: {LOW: 1}}, 0, NOON)
    await asyncio.gather(*(samples.add({ADS: {LOW: 1}}, 0, NOON) for _time in range(8)))
    assert (await samples.all())[ADS].size == 9
