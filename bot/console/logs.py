"""Log lines for people or for machines, without secrets."""

import json
import logging
import re
import sys
from typing import Final

_SECRETS: Final = re.compile(
    r"(?i)((?:token|code|password|secret|key)=)[^\s&\"']+|(://[^:/@\s]+:)[^@\s]+@"
)


class _HumanLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(form: str) -> None:
    """Log to the error stream, as `human` lines or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    human = _HumanLines("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_JsonLines() if form == "json" else human)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def without_secrets(line: str) -> str:
    """Return the line with passwords, codes and tokens left out."""
    return _SECRETS.sub(
        lambda found: f"{found[1] or ''}{found[2] or ''}…{'@' if found[2] else ''}", line
    )
