"""The ledger of points: pure rules that know nothing of the bot."""
