"""`python -m helpdesk.probe web|worker|beat`: is this container's program well? (trust.md 9)"""

import http.client
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

PORT = 8000
PATIENCE = 4.0
# Beat writes its schedule down every three minutes.
BEAT_SILENCE = 400.0


def web(*_: str) -> bool:
    """Under the name visitors use: other host names are refused (X-23)."""
    site = urlsplit(os.environ.get("SITE_URL", "http://localhost"))
    line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    try:
        line.request("GET", "/healthz", headers={"Host": site.netloc})
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


def worker(*_: str) -> bool:
    from helpdesk.celery import app  # noqa: PLC0415 - the other probes need not wait for Celery

    name = f"celery@{socket.gethostname()}"
    return bool(app.control.ping(destination=[name], timeout=PATIENCE))


def beat(schedule: str) -> bool:
    files = list(Path(schedule).parent.glob(Path(schedule).name + "*"))
    newest = max((file.stat().st_mtime for file in files), default=0.0)
    return time.time() - newest < BEAT_SILENCE


PROBES: Mapping[str, Callable[..., bool]] = {"web": web, "worker": worker, "beat": beat}


def main(arguments: Sequence[str]) -> int:
    name, *rest = arguments
    return 0 if PROBES[name](*rest) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
