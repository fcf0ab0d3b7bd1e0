"""Workbooks as operators build them (.xlsx, .csv), read into an SOP. `reading` holds the way in."""
