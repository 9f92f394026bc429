"""Tables of words with weights: reading them, and what they make of a text."""
