"""Initiatives, their cards, texts and teams."""
