"""What Prometheus reads: requests as they come, depths at the moment of asking."""

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.model.case import DUTIES
from bot.ports.outbox import NOT_ARRIVED
from bot.ports.storage import Storage, Views

_METHODS = frozenset({"GET", "HEAD", "POST"})


class Counters:
    """Counts of one service, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "gongzhi_http_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "gongzhi_http_seconds",
            "Time to answer a request, streams and sockets apart",
            ["route"],
            registry=self._registry,
        )
        self._inbox = Gauge("gongzhi_inbox_waiting", "Messages to handle", registry=self._registry)
        self._outbox = Gauge(
            "gongzhi_outbox_messages",
            "Messages to residents that have not arrived",
            ["delivery"],
            registry=self._registry,
        )
        self._cases = Gauge("gongzhi_cases", "Cases", ["state"], registry=self._registry)

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Ask for one more depth at each scrape."""
        Gauge(f"gongzhi_{name}", meaning, registry=self._registry).set_function(value)

    def answered(self, request: web.Request, status: int, seconds: float | None) -> None:
        """Count a request under its route, never under its address: that holds tokens."""
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        method = request.method if request.method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(route).observe(seconds)

    async def scrape(self, storage: Storage) -> bytes:
        """Return all counts in Prometheus's text format."""
        await storage.read(self._look)
        return generate_latest(self._registry)

    def _look(self, views: Views) -> None:
        self._inbox.set(views.inbox.depth())
        messages, cases = views.outbox.counts(), views.cases.counts()
        for delivery in NOT_ARRIVED:
            self._outbox.labels(delivery.value).set(messages.get(delivery.value, 0))
        for state in DUTIES:
            self._cases.labels(state.value).set(cases.get(state.value, 0))
