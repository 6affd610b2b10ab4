"""Addresses the desk writes into rows and redirects."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

QUEUE = "/admin/tickets"
VIEWS = f"{QUEUE}/views"
# Between the slug of a view and the filters it was narrowed by, as tickets carry them in `view`.
CARRIES = "~"
CLIENTS = "/admin/clients"
TASKS = "/admin/tasks"


def queue_url(**query: str) -> str:
    """The queue with what is given of view, filters and cursor."""
    return _with(QUEUE, _spread(query))


def counters_url(**query: str) -> str:
    """The counters of the queue's views, asked for again and again."""
    return _with(f"{QUEUE}/counters", _spread(query))


def views_url(pk: int | None = None, *, part: str = "", **query: str) -> str:
    """The page of saved views, or something about one of them."""
    return _with("/".join(filter(None, (VIEWS, str(pk or ""), part))), query)


def bulk_url(pk: int | None = None, *, part: str = "") -> str:
    """Where steps over many tickets are posted; with an id, what became of one."""
    return "/".join([f"{QUEUE}/bulk", *([str(pk)] if pk else []), *([part] if part else [])])


def ticket_url(number: int, *, part: str = "", **query: str) -> str:
    """The page of a ticket, or one of the pages below it."""
    return _with(f"{QUEUE}/ticket/{number}" + (f"/{part}" if part else ""), query)


def message_url(number: int, pk: int, *, part: str) -> str:
    """Something about one message: its frame, its raw mail, its delivery."""
    return f"{QUEUE}/ticket/{number}/messages/{pk}/{part}"


def tasks_url(**query: str) -> str:
    """The list of tasks."""
    return _with(TASKS, query)


def clients_url(**query: str) -> str:
    """The list of customers."""
    return _with(CLIENTS, query)


def customer_url(pk: int, *, part: str = "") -> str:
    """The page of a customer, or a part of it."""
    return f"{CLIENTS}/client/{pk}/{part}".rstrip("/")


def _spread(query: dict[str, str]) -> dict[str, str]:
    """A view that carries filters, as the view and its filters."""
    slug, _sign, carried = query.get("view", "").partition(CARRIES)
    return {**query, "view": slug, **dict(parse_qsl(carried))} if carried else query


def _with(path: str, query: dict[str, str]) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
