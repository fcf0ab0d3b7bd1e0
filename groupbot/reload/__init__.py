"""Edits while the daemon runs: config.toml is checked and applied where it can be, SOP files are checked."""
