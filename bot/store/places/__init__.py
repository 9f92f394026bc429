"""The map, and who was where."""
