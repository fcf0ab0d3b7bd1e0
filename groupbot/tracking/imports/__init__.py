"""Lists of orders and attendance, as shops and operators export them, to rows whose every value is certain. Pure."""
