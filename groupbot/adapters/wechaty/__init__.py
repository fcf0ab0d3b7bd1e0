"""WeChat through a Wechaty puppet-service gateway: the only importer of its protocol packages."""

from groupbot.adapters.wechaty.abilities import capabilities
from groupbot.adapters.wechaty.adapter import LIMIT_NOTICES, WechatyAdapter

__all__ = ["LIMIT_NOTICES", "WechatyAdapter", "capabilities"]
