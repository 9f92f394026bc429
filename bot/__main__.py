"""The command `gongzhi`: the only place that reads the environment."""

import os
import sys
from pathlib import Path

from bot.console.commands import run


def main() -> int:
    """Run the command; return its exit code (0 done, 1 failed, 2 wrong usage or setting)."""
    return run(sys.argv[1:], os.environ, Path("gongzhi.toml"))


if __name__ == "__main__":
    sys.exit(main())
