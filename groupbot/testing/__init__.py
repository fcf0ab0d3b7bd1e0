"""Public fakes for tests of groupbot, its plugins and SOPs; each passes its port's contract suite."""

from groupbot.testing.adapter import FakeAdapter
from groupbot.testing.admin import MemoryAudit, MemoryCards, MemoryPeople
from groupbot.testing.approvals import MemoryApprovals
from groupbot.testing.campaigns import MemoryCampaigns, MemoryOrders, MemoryTasks
from groupbot.testing.clock import FakeClock, FakeWaker
from groupbot.testing.conversions import MemoryConversions
from groupbot.testing.incidents import MemoryBlocked, MemoryIncidents
from groupbot.testing.ledger import MemoryLedger
from groupbot.testing.lessons import MemoryLessons, MemoryVersions
from groupbot.testing.outcomes import Echo, Outcome, Posted
from groupbot.testing.plugin_ports import MemoryPluginStore
from groupbot.testing.plugins import PluginKit, run_plugin
from groupbot.testing.store import MemoryStore

__all__ = [
    "Echo",
    "FakeAdapter",
    "FakeClock",
    "FakeWaker",
    "MemoryApprovals",
    "MemoryAudit",
    "MemoryBlocked",
    "MemoryCampaigns",
    "MemoryCards",
    "MemoryConversions",
    "MemoryIncidents",
    "MemoryLedger",
    "MemoryLessons",
    "MemoryOrders",
    "MemoryPeople",
    "MemoryPluginStore",
    "MemoryStore",
    "MemoryTasks",
    "MemoryVersions",
    "Outcome",
    "PluginKit",
    "Posted",
    "run_plugin",
]
