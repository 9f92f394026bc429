"""WGS-84 to GCJ-02, written down from the published formula apart from `channels/datum.py`."""

import math


def gcj02_from_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """Return the pair as Chinese maps show it; outside China it is the same."""
    if not (0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347):
        return latitude, longitude
    axis, flat, pi = 6378245.0, 0.00669342162296594323, math.pi
    x, y = longitude - 105.0, latitude - 35.0

    def waves(*terms: tuple[float, float]) -> float:
        return sum(size * math.sin(angle) for size, angle in terms) * 2.0 / 3.0

    both = waves((20.0, 6.0 * x * pi), (20.0, 2.0 * x * pi))
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    d_lat += both + waves((20.0, y * pi), (40.0, y / 3.0 * pi))
    d_lat += waves((160.0, y / 12.0 * pi), (320.0, y * pi / 30.0))
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    d_lon += both + waves((20.0, x * pi), (40.0, x / 3.0 * pi))
    d_lon += waves((150.0, x / 12.0 * pi), (300.0, x / 30.0 * pi))
    radians = math.radians(latitude)
    magic = 1.0 - flat * math.sin(radians) ** 2
    d_lat = math.degrees(d_lat / (axis * (1.0 - flat) / magic**1.5))
    d_lon = math.degrees(d_lon / (axis / math.sqrt(magic) * math.cos(radians)))
    return latitude + d_lat, longitude + d_lon
