"""Time cells: what operators write about time, in YAML and in sheets, read by one parser. `cell` holds the way in."""
