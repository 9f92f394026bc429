"""Text in one form, cut into words; and words that sound alike."""
