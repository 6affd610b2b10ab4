"""System programs the checks need: found, installed by apt as root, or named in a clear message."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache


class ToolMissing(Exception):
    """A program is not there and cannot be installed by us; the message says what to do."""


@dataclass(frozen=True)
class Tool:
    names: tuple[str, ...]
    packages: tuple[str, ...]

    def find(self) -> str | None:
        return next(filter(None, map(shutil.which, self.names)), None)

    def require(self) -> str:
        found = self.find()
        if found is None and can_install():
            install(self.packages)
            found = self.find()
        if found is None:
            raise ToolMissing(
                f"{self.names[0]} is missing. Install it and run again; on Debian and Ubuntu:\n"
                f"    sudo apt-get install {' '.join(self.packages)}"
            )
        return found


# The shell is Chromium without windows: the whole of it draws tabs and menus around each page,
# which nobody looks at, and now and then never closes them. Inter is the interface's typeface.
CHROMIUM = Tool(
    ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
    ("chromium-headless-shell", "fonts-inter"),
)
GETTEXT = Tool(("xgettext",), ("gettext",))


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> None:
    print(f"     installing {' '.join(packages)} by apt-get", flush=True)
    refresh_package_lists()
    apt_get("install", "--yes", "--no-install-recommends", *packages)


@cache
def refresh_package_lists() -> None:
    apt_get("update")


def apt_get(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "--quiet=2", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        raise ToolMissing(f"apt-get {arguments[0]} failed (see above).")
