"""The service: intake, the event chain, the pages; the only place where the islands meet."""
