"""What the community teaches the program."""
