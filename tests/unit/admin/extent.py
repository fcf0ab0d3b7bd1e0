"""How many mutated command lines: few by default, all with GROUPBOT_LINES=100000 (`make torture` runs them so)."""

from __future__ import annotations

import os

LINES = int(os.environ.get("GROUPBOT_LINES", "10000"))
