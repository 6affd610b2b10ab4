"""Times pages of one database beside the framework floor, alternating A B A B in one run."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urljoin

ROUNDS, REPEATS = 7, 12
FLOOR_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


def client(**settings: Any) -> Callable[[str], Any]:
    """GET as one agent under these settings; the handler keeps the middleware it was made with."""
    from django.test import Client
    from django.test.utils import override_settings

    from accounts.models import User

    browser = Client()
    browser.force_login(User.objects.get(pk=1), backend="django.contrib.auth.backends.ModelBackend")

    def get(path: str) -> Any:
        if not settings:
            return browser.get(path)
        with override_settings(**settings):
            return browser.get(path)

    return get


def paired(sides: dict[str, Callable[[], Any]]) -> dict[str, list[float]]:
    """Milliseconds of each side, a median per round, the sides taking turns."""
    rounds: dict[str, list[float]] = {name: [] for name in sides}
    for name, side in sides.items():
        for _ in range(3):
            answer = side()
            assert answer.status_code == 200, (name, answer.status_code)
    for _round in range(ROUNDS):
        times: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(REPEATS):
            for name, side in sides.items():
                began = time.perf_counter()
                side()
                times[name].append((time.perf_counter() - began) * 1000)
        for name in sides:
            rounds[name].append(statistics.median(times[name]))
    return rounds


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import setup_test_environment

    from tickets.models import Ticket

    settings.ALLOWED_HOSTS = ["testserver"]
    setup_test_environment()
    ours = client()
    floor = client(ROOT_URLCONF="bench.floor.urls", MIDDLEWARE=FLOOR_MIDDLEWARE)
    number = Ticket.objects.filter(is_open=True, department__memberships__user=1).first().number
    deep = _page(ours, 100)
    sides = {
        "floor, tight": lambda: floor("/tight"),
        "floor, idiomatic": lambda: floor("/idiomatic"),
        "queue": lambda: ours("/admin/tickets"),
        "queue, three filters": lambda: ours("/admin/tickets?view=all&status=new&priority=medium"),
        "queue, page 100": lambda: ours(deep),
        "counters": lambda: ours("/admin/tickets/counters"),
        "ticket page": lambda: ours(f"/admin/tickets/ticket/{number}"),
        "search": lambda: ours("/admin/search?q=bench"),
    }
    print(json.dumps(paired(sides)))


def _page(get: Callable[[str], Any], wanted: int) -> str:
    """The address of a page deep in the list, found by following its links."""
    path = "/admin/tickets?view=closed"
    for _ in range(wanted):
        link = re.search(r'href="([^"]*[?;]after=[^"]*)"', get(path).content.decode())
        if link is None:
            break
        path = urljoin("/admin/tickets", unescape(link[1]))
    return path


if __name__ == "__main__":
    main()
