"""`python -m bench` lists the benches; `python -m bench NAME [--json]` runs one."""

import argparse
import asyncio
import importlib

BENCHES = {
    "ballots": "neighbours vote through the only write path, on both databases",
    "classify": "messages are scored by the table of groups, beside bare rjieba",
    "intake": "200 residents report at once, on SQLite and on PostgreSQL",
    "positions": "20,000 positions reckoned one by one, with 10,000 grids",
    "board": "lists, search and case pages with 1,000 to 1,000,000 cases",
    "dispatch": "10,000 waiting cases are given to 100 handlers, on SQLite and on PostgreSQL",
    "ledger_audit": "an exported ledger is checked, beside reading and hashing its lines",
    "ledger_sealing": "what a leaf costs a posting, on both databases, and how soon it is there",
    "ledger_sqlite": "postings by 256 who wait, on SQLite in memory and on disk",
    "ledger_postgres": "postings by 256 and by 8 who wait, on PostgreSQL",
    "incidents": "messages are put to incidents, with 1,000 to 100,000 of them known",
    "live": "one change of a case reaches 1,000 watching pages",
    "phone_calls": "how many calls are held at once, beside bare Vosk with the same callers",
    "phone_setup": "100 calls begin within a second: until each is greeted",
    "tally": "a million ballots are counted by each method, beside reading them",
    "speech": "recordings are turned into words, beside bare Vosk in threads",
}


def main() -> None:
    """Run one bench, or list them."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES))
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    if arguments.name is None:
        for name, what in BENCHES.items():
            print(f"{name:16} {what}")
        return
    module = importlib.import_module(f"bench.{arguments.name}")
    for figure in asyncio.run(module.run()):
        print(figure.as_json() if arguments.json else figure.as_line(), flush=True)


if __name__ == "__main__":
    main()
