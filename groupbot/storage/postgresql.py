"""How groupbot talks to a PostgreSQL server: no wait without an end, no lock kept by a process that stands still."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import URL

CONNECT_S = 10
"""Seconds that a connection may take. Without it a host that swallows packets is waited for some two minutes."""
SILENCE_S = 30
"""Seconds after which a server that no longer answers on the network counts as gone (Linux; elsewhere keepalives)."""
IDLE_IN_TRANSACTION_S = 10
"""Seconds after which the server undoes the transaction of a process that froze in it, so that a new owner of its
accounts need not wait for its locks. groupbot's transactions think for milliseconds between two statements."""

SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a connection that reads: all of its statements see one instant, and none waits for a lock."""


def engine_options(url: URL, busy_timeout_s: float) -> dict[str, Any]:
    """Return what `create_engine` and `create_async_engine` need for `url`. What the URL itself says goes first.

    `pool_pre_ping`: a connection that the server dropped while it lay in the pool costs a round trip, not an error.
    """
    settings = {
        "timezone": "UTC",
        "lock_timeout": f"{int(busy_timeout_s * 1000)}ms",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_S}s",
    }
    own = url.query.get("options", "")
    asked = " ".join(own) if isinstance(own, tuple) else own
    options = " ".join([*(f"-c {name}={value}" for name, value in settings.items()), asked]).strip()
    network = {
        "connect_timeout": CONNECT_S,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
        "tcp_user_timeout": SILENCE_S * 1000,
    }
    chosen = {name: value for name, value in network.items() if name not in url.query}
    return {"pool_pre_ping": True, "connect_args": chosen | {"options": options}}
