"""One figure of a bench, as it is printed."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`ours` beside `reference`, both in `unit`; the ratio is ours over the reference."""

    bench: str
    figure: str
    ours: float
    reference: float
    reference_name: str
    unit: str

    @property
    def ratio(self) -> float:
        """Return ours over the reference."""
        return self.ours / self.reference if self.reference else float("nan")

    def as_json(self) -> str:
        """Return the figure as one JSON object."""
        return json.dumps(asdict(self) | {"ratio": round(self.ratio, 4)}, ensure_ascii=False)

    def as_line(self) -> str:
        """Return the figure for people."""
        return (
            f"{self.bench} {self.figure}: {self.ours:.4g} {self.unit} "
            f"(reference {self.reference:.4g}, {self.reference_name}; ratio {self.ratio:.3f})"
        )


def quantile(values: list[float], share: float) -> float:
    """Return the value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
