"""When it was or will be, from words."""
