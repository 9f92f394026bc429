"""What the words of residents mean: pure functions over text and packaged tables."""
