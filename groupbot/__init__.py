"""groupbot runs community SOPs in chat groups.

The clock wakes, the database decides, the adapter acts, the ledger remembers.
"""

__version__ = "0.1.0"
