"""django-hordak, a ledger for Django, posting to the same server: `python peer_hordak.py URL`.

Run by a Python of its own, where it is installed; prints how many transfers a second it writes.
"""

import sys
import threading
import time
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import django  # type: ignore[import-not-found]
from django.conf import settings  # type: ignore[import-not-found]

CLIENTS = 8
SECONDS = 3.0
RESIDENTS = 1_000


def main(url: str) -> None:
    """Make the accounts, post for a while, print the rate."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname or query.get("host", [""])[0],
                "PORT": parts.port or "",
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        SECRET_KEY="for the bench only",  # noqa: S106
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=["CNY"],
    )
    django.setup()
    _migrate()
    print(_rate(*_accounts()))


def _migrate() -> None:
    from django.core.management import call_command  # type: ignore[import-not-found]  # noqa: PLC0415

    call_command("migrate", verbosity=0)


def _accounts() -> tuple[object, list[object]]:
    from hordak.models import Account, AccountType  # type: ignore[import-not-found]  # noqa: PLC0415

    treasury = Account.objects.create(
        name="treasury", code="1", type=AccountType.liability, currencies=["CNY"]
    )
    residents = [
        Account.objects.create(
            name=f"resident {n}", code=str(n + 2), type=AccountType.liability, currencies=["CNY"]
        )
        for n in range(RESIDENTS)
    ]
    return treasury, residents


def _rate(treasury: object, residents: list[object]) -> float:
    from django.db import connection  # type: ignore[import-not-found]  # noqa: PLC0415
    from djmoney.money import Money  # type: ignore[import-not-found]  # noqa: PLC0415

    counts = [0] * CLIENTS
    ends = time.perf_counter() + SECONDS

    def client(number: int) -> None:
        while time.perf_counter() < ends:
            payee = residents[(number * 131 + counts[number]) % RESIDENTS]
            treasury.transfer_to(payee, Money(Decimal(1), "CNY"))  # type: ignore[attr-defined]
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


if __name__ == "__main__":
    main(sys.argv[1])
