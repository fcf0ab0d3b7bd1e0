"""What plugins import: this module and nothing else of groupbot. It re-exports and defines nothing.

docs/plugins.md explains each name with an example.
"""

from groupbot.chat.directory import Group
from groupbot.chat.hanzi import simplified
from groupbot.core.content import (
    EVERYBODY,
    ContactCard,
    File,
    Image,
    Link,
    Message,
    MiniProgram,
    Text,
    Video,
    Voice,
)
from groupbot.core.events import (
    AccountState,
    AccountStateChanged,
    FriendAdded,
    MembersJoined,
    MembersLeft,
    MessageRecalled,
    MessageReceived,
    OwnPost,
    Person,
    TopicChanged,
)
from groupbot.core.findings import Finding
from groupbot.core.policies import QuietHours
from groupbot.core.roles import Role
from groupbot.core.verdicts import ALLOW, Allow, Block, Defer, Hold, Verdict
from groupbot.delivery.ports import Draft
from groupbot.errors import CampaignError, GroupbotError, StoreError
from groupbot.plugin_host.context import PluginContext, Store
from groupbot.plugin_host.errors import PluginError
from groupbot.plugin_host.ports import Faq
from groupbot.plugin_host.values import (
    API,
    EVERYWHERE,
    CommandCall,
    GuardScope,
    PartPosted,
    Plugin,
    PluginSettings,
    Post,
)

__all__ = [  # noqa: RUF022 - in the plain order that tests/architecture/test_exports.py asks for
    "ALLOW",
    "API",
    "AccountState",
    "AccountStateChanged",
    "Allow",
    "Block",
    "CampaignError",
    "CommandCall",
    "ContactCard",
    "Defer",
    "Draft",
    "EVERYBODY",
    "EVERYWHERE",
    "Faq",
    "File",
    "Finding",
    "FriendAdded",
    "Group",
    "GroupbotError",
    "GuardScope",
    "Hold",
    "Image",
    "Link",
    "MembersJoined",
    "MembersLeft",
    "Message",
    "MessageRecalled",
    "MessageReceived",
    "MiniProgram",
    "OwnPost",
    "PartPosted",
    "Person",
    "Plugin",
    "PluginContext",
    "PluginError",
    "PluginSettings",
    "Post",
    "QuietHours",
    "Role",
    "Store",
    "StoreError",
    "Text",
    "TopicChanged",
    "Verdict",
    "Video",
    "Voice",
    "simplified",
]
