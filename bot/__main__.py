"""The command `gongzhi`: the only place that reads the environment."""

import gc
import os
import sys
from pathlib import Path

gc.disable()  # among what is imported is no garbage: to look for it took a quarter of the time
from bot.console.commands import run  # noqa: E402

gc.enable()


def main() -> int:
    """Run the command; return its exit code (0 done, 1 failed, 2 wrong usage or setting)."""
    return run(sys.argv[1:], os.environ, Path("gongzhi.toml"))


if __name__ == "__main__":
    sys.exit(main())
