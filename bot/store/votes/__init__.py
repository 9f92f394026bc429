"""Votes, their rolls and ballots."""
