"""Preview: a plan as a calendar, as each group will see it; to the terminal, to one page, to a workbook."""
