"""How much torture: little by default, in full with `make torture`."""

from __future__ import annotations

import os

KILLS = int(os.environ.get("GROUPBOT_KILLS", "10"))
GATEWAY_KILLS = int(os.environ.get("GROUPBOT_GATEWAY_KILLS", "4"))
FULL = KILLS >= 100
