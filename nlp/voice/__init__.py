"""From words to sound, in supervised children."""
