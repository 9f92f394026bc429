"""What certificates are trusted: read once, since that takes a while."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Return what all connections to other services share."""
    return httpx.create_ssl_context()
