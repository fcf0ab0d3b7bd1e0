"""A package's `__all__` is its promise: sorted, complete, and every name is there."""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from pathlib import Path

import pytest

import groupbot

MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(groupbot.__path__, "groupbot.")
    if not found.name.endswith("__main__") and "._bundled" not in found.name
)
PINNED = {
    "groupbot.api": [
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
    ],
    "groupbot.settings": [
        "AccountSettings",
        "AlertSettings",
        "BudgetSettings",
        "ConsoleAccount",
        "DaemonSettings",
        "DatabaseSettings",
        "DeliverySettings",
        "EditingSettings",
        "FriendSettings",
        "GroupSettings",
        "InvitationSettings",
        "LogSettings",
        "PacingSettings",
        "PersonaSettings",
        "RecorderSettings",
        "RetentionSettings",
        "Settings",
        "WarmUpSettings",
        "WechatyAccount",
        "load",
    ],
}
"""What others build on. A name leaves here only with a line in CHANGELOG.md."""


@pytest.mark.parametrize("name", MODULES)
def test_every_module_imports_and_keeps_its_promise(name):
    module = importlib.import_module(name)
    promised = getattr(module, "__all__", [])
    assert list(promised) == sorted(set(promised)), f"{name}.__all__ is not sorted, or names something twice"
    assert not [item for item in promised if not hasattr(module, item)]


@pytest.mark.parametrize("name", sorted(PINNED))
def test_public_names_are_pinned(name):
    assert list(importlib.import_module(name).__all__) == PINNED[name]


def test_the_version_stands_the_same_in_both_places():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == groupbot.__version__
