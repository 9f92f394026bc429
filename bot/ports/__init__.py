"""What the flows need from the world: a small port for each area."""
