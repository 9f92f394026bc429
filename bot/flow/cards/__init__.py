"""Messages that always show how something stands."""
