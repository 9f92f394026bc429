"""Claims and what becomes of them, and what points become."""
