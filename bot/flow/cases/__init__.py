"""What happens to a case from its first words to its archive."""
