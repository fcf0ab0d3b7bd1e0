"""Lint: what an SOP says that is allowed and yet would embarrass its operator. One file per family of rules."""
