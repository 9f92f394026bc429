"""Two ways to count ballots that put options in order: instant run-off, and Schulze.

A ballot may name only some; those it doesn't name stand behind all others, side by side.
"""

from collections.abc import Mapping

Ballots = Mapping[tuple[int, ...], int]
"""Options from 1, the best first, and how many ballots say so."""

Counts = tuple[int | None, ...]
Matrix = tuple[tuple[int, ...], ...]


def runoff(options: int, ballots: Ballots) -> tuple[tuple[Counts, ...], tuple[int, ...]]:
    """Return the rounds, and who wins.

    Each ballot counts for the best that is left. Who has more than half of those that count wins;
    else whoever has the fewest leaves, and all who have equally few leave together. If all who are
    left have the same, they have tied.
    """
    left = list(range(1, options + 1))
    rounds: list[Counts] = []
    while True:
        counts = _best(left, ballots)
        rounds.append(tuple(counts.get(option) for option in range(1, options + 1)))
        active, most, fewest = sum(counts.values()), max(counts.values()), min(counts.values())
        if not active:
            return tuple(rounds), ()
        if 2 * most > active or most == fewest:
            return tuple(rounds), tuple(one for one in left if counts[one] == most)
        left = [one for one in left if counts[one] > fewest]


def _best(left: list[int], ballots: Ballots) -> dict[int, int]:
    counts = dict.fromkeys(left, 0)
    for order, many in ballots.items():
        best = next((option for option in order if option in counts), None)
        if best is not None:
            counts[best] += many
    return counts


def duels(options: int, ballots: Ballots) -> Matrix:
    """Return for each two how many put the first before the second."""
    found = [[0] * options for _ in range(options)]
    for order, many in ballots.items():
        behind = set(range(options))
        for option in order:
            behind.discard(option - 1)
            row = found[option - 1]
            for other in behind:
                row[other] += many
    return tuple(map(tuple, found))


def schulze(preferred: Matrix) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how many others each option beats, and who is beaten by none.

    A path is as strong as its narrowest margin; an option beats another when its strongest path
    there is stronger than the one back. Several whom none beats have tied.
    """
    strong = _strongest(preferred)
    options = range(len(preferred))
    wins = tuple(sum(strong[a][b] > strong[b][a] for b in options) for a in options)
    beaten = {b for a in options for b in options if strong[a][b] > strong[b][a]}
    return wins, tuple(one + 1 for one in options if one not in beaten)


def _strongest(preferred: Matrix) -> list[list[int]]:
    options = range(len(preferred))
    strong = [[max(0, preferred[a][b] - preferred[b][a]) for b in options] for a in options]
    for middle in options:
        for start in options:
            for end in options:
                through = min(strong[start][middle], strong[middle][end])
                if through > strong[start][end] and start != end:
                    strong[start][end] = through
    return strong
