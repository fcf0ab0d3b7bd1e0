"""Adapters under contract: the fake, the console, and the real gateway in both generations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.contract.adapters.bench import Bench, ConsoleBench, FakeBench, GatewayBench
from tests.gateway.rig import Generation, Rig


class Rigs:
    """One gateway process per generation for the whole run; groups of its own keep a test apart from the others.

    Earlier tests' groups are taken away: an account that comes online reads every group.
    """

    def __init__(self, folder: Path, cleanup: ExitStack) -> None:
        self._folder = folder
        self._cleanup = cleanup
        self._rigs: dict[Generation, Rig] = {}

    def get(self, generation: Generation) -> Rig:
        if generation not in self._rigs:
            rig = self._rigs[generation] = Rig(generation=generation, folder=self._folder / generation, echo=True)
            self._cleanup.callback(rig.stop)
        rig = self._rigs[generation].start()
        rig.control("tidy")
        return rig


@pytest.fixture(scope="session")
def rigs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rigs]:
    with ExitStack() as cleanup:
        yield Rigs(tmp_path_factory.mktemp("gateways"), cleanup)


ADAPTERS = ("fake", "console", "gateway-new", "gateway-old")


@pytest.fixture(params=ADAPTERS)
def bench(request: pytest.FixtureRequest, rigs: Rigs, tmp_path: Path) -> Bench:
    match request.param:
        case "fake":
            return FakeBench()
        case "console":
            return ConsoleBench(tmp_path)
        case "gateway-new":
            return GatewayBench(rigs.get("new"))
        case _:
            return GatewayBench(rigs.get("old"))


@pytest.fixture(params=("new", "old"))
def rig(request: pytest.FixtureRequest, rigs: Rigs) -> Iterator[Rig]:
    found = rigs.get(request.param)
    yield found
    found.thaw()
