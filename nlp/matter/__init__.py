"""What a message is about: its kind, its service, its danger, what it refers to."""
