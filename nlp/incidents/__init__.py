"""Which messages speak of one incident."""
