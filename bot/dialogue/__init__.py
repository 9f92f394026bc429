"""What the bot says next: one table of steps for every channel."""
