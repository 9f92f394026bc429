"""What leaves the database whole: copies, files for auditors, and the check of all of it."""
