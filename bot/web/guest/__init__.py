"""The page of an organisation that was asked to help: behind a link, without an account."""
