"""Telegram: residents write to a bot. Updates in, messages out, and nothing else."""
