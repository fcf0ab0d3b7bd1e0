"""Workbooks that groupbot writes: the one to start from, an operator's own with its cells marked."""
