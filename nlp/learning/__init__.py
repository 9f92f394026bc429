"""Learning tables from labelled texts and from corrections."""
