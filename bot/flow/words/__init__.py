"""What the community teaches the program: words, sounds, sentences."""
