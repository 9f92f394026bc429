"""The telephone: wire protocols and sound, and nothing of what is said."""
