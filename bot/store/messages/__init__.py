"""What was said, either way, in chat and on the telephone."""
