"""Frozen values that every feature speaks in. Nothing here does I/O or knows a vendor."""
