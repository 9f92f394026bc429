"""A month of a community, simulated through the real intake with a clock of its own."""
