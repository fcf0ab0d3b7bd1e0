"""What may keep a project from working, looked at one by one: `groupbot doctor` prints what these checks find."""
