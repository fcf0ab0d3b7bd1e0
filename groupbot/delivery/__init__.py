"""Sending what is due: the ledger's states and ports, the dispatcher, pacing, and settling what nobody knows."""
