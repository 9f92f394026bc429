"""Transfers, and the log over them."""
