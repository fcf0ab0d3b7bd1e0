"""Every benchmark runs with tiny sizes and prints what it promises. No figure is judged: the machine may be busy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEYS = {"bench", "what", "value", "unit", "peer", "peer_value", "ratio", "aim", "values", "peer_values", "conditions"}
CONDITIONS = {"rows", "accounts", "groups", "pacing", "runs", "python", "sqlite", "cores", "load"}
PEERS = {
    "dispatch": {
        "sqlite3 replaying the same transactions",
        "apscheduler",
        "apscheduler with our pragmas",
        "procrastinate",
    },
    "lateness": {"a bare asyncio timer"},
    "growth": {None, "50 waiting"},
    "inbound": {
        "NoneBot2 with the same recording",
        "NoneBot2, nothing recorded",
        "a transaction for each message",
    },
    "idle": {None},
    "answers": {"without load"},
    "risk": {
        None,
        "scikit-learn predicting one by one",
        "a plain list of re patterns",
        "the same with 10 keywords",
    },
    "tracking": {None, "raw scan of the facts", "recording alone", "the first tenth"},
    "web": {"a bare handler of the same server"},
    "workbook": {"openpyxl reading the cells"},
}


@pytest.mark.parametrize("bench", PEERS)
def test_a_benchmark_prints_a_json_line_for_each_measurement(bench: str) -> None:
    done = subprocess.run(
        [sys.executable, f"tests/benchmarks/bench_{bench}.py", "--small"],
        cwd=ROOT,
        env={"PYTHONPATH": ".", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    measurements = [json.loads(line) for line in done.stdout.splitlines()]
    assert {measurement["peer"] for measurement in measurements} == PEERS[bench]
    for measurement in measurements:
        assert measurement.keys() == KEYS
        assert measurement["bench"] == bench
        assert measurement["conditions"].keys() >= CONDITIONS
        assert measurement["conditions"]["runs"] == len(measurement["values"]) == 1


def test_every_benchmark_is_tried_here() -> None:
    names = {file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py")}
    assert names == PEERS.keys()
