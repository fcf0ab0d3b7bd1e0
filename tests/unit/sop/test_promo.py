"""A step says whether it sells, and still says so when its SOP is written and read again."""

import pytest

from groupbot.sop.load import load
from groupbot.sop.writing import to_yaml
from tests.unit.sop.conftest import MemoryFiles

TEXT = """\
name: demo
title: Demo
goals: [everybody answers]
phases:
  - name: one
    steps:
      - id: sale
        at: D1 09:00
        {promo}
        text: hello
"""


@pytest.mark.parametrize(("promo", "said"), [("promo: true", True), ("promo: false", False), ("priority: 1", None)])
def test_written_and_read(promo, said):
    sop = load(TEXT.format(promo=promo).encode(), file="demo.yaml", files=MemoryFiles())
    assert sop.steps[0].policies.promo is said
    again = load(to_yaml(sop).encode(), file="demo.yaml", files=MemoryFiles())
    assert again.steps[0].policies == sop.steps[0].policies
