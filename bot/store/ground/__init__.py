"""What all areas stand on: a unit, its statements, and how personal fields are protected."""
