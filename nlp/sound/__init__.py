"""Sound as numbers: read from recordings, written as WAV, made fit for a line."""
