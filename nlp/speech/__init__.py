"""From sound to words, in supervised children."""
