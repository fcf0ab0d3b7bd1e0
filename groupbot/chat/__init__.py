"""The port to chat platforms: what an adapter must do, what it may say it can't, and how its failures are sorted."""
