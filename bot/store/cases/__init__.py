"""Cases, who has them, and what is due."""
