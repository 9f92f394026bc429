"""A clock that tests move."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Stands at a Wednesday, ten in the morning in Shanghai, until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(microseconds=1)
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)
