"""What an edit changes in an SOP whose steps have kept their ids: as values, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from groupbot.i18n import _, ngettext_free
from groupbot.sop.document import Sop, Step
