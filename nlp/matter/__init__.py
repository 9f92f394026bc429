"""What a message wants: its kind, its service, its danger, what it refers to."""
