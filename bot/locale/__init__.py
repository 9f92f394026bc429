"""All words that people read or hear, one folder a language."""
