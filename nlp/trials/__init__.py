"""Trying how well it all does, on texts whose answers are known."""
