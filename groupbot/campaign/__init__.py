"""A campaign is one run of one SOP version on chosen groups from a start date: launched, paused, resumed, cancelled."""
