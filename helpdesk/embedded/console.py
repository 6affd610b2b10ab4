"""What the supervisor's terminal shows: each program's lines under its name."""

import json
import os
import sys
from contextlib import suppress
from itertools import cycle

NAME_WIDTH = 9
COLOURS = ("36", "33", "32", "35", "34", "31")


class Console:
    def __init__(self) -> None:
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._free_colours = cycle(COLOURS)
        self._colours: dict[str, str] = {}

    def line(self, name: str, text: str) -> None:
        for line in readable(text).splitlines() or [""]:
            self._write(f"{self._prefix(name)} {line}")

    def say(self, text: str) -> None:
        """The supervisor's own words."""
        self.line("helpdesk", text)

    def _prefix(self, name: str) -> str:
        prefix = f"{name:<{NAME_WIDTH}}|"
        if not self._coloured:
            return prefix
        if name not in self._colours:
            self._colours[name] = next(self._free_colours)
        return f"\x1b[{self._colours[name]}m{prefix}\x1b[0m"

    def _write(self, line: str) -> None:
        with suppress(OSError):  # a closed terminal must not keep us from stopping in order
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


def readable(text: str) -> str:
    """Log lines are JSON for machines (trust.md 9); here a person reads them."""
    if not text.startswith("{"):
        return text
    try:
        entry = json.loads(text)
    except ValueError:
        return text
    if "message" not in entry:
        return text
    source = " ".join(filter(None, [entry.get("levelname"), entry.get("name")]))
    said = ": ".join(filter(None, [source, str(entry["message"])]))
    return "\n".join(filter(None, [said, entry.get("exc_info")]))
