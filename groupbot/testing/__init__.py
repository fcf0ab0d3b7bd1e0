"""Public fakes for tests of groupbot, its plugins and SOPs; each passes its port's contract suite."""

from groupbot.testing.adapter import Echo, FakeAdapter, Outcome, Posted
from groupbot.testing.clock import FakeClock, FakeWaker

__all__ = ["Echo", "FakeAdapter", "FakeClock", "FakeWaker", "Outcome", "Posted"]
