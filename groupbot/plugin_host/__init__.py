"""Plugins: loaded, configured, kept apart from each other and from the daemon, reloaded and unloaded."""
