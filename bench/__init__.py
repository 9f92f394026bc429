"""What the performance figures come from: ratios to a floor in the same run."""
