"""The report of a campaign (复盘): figures out of the daily sums, and the shapes in which people read them."""
