"""A vote from its question to its count."""
