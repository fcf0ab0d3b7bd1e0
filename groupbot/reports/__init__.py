"""What a campaign will be and has been, made for people to look at."""
