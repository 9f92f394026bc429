"""What is said on the telephone besides the chat: states as data, and a thin handler for each way.

Whoever calls is understood by the same handlers as whoever writes. What is here reads back what a
machine has heard, asks whether it is right, and lets it take effect only then.
"""
