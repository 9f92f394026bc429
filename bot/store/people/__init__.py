"""Residents and staff, and all that is kept of one."""
