"""Claims, what takes two people, and what points become."""
