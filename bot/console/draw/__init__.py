"""The tables of what can happen, drawn into the documentation."""
