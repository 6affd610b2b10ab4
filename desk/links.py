"""Addresses the desk writes into rows and redirects."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import parse_qsl, urlencode

QUEUE = "/admin/tickets"
VIEWS = f"{QUEUE}/views"
# Between the slug of a view and the filters it was narrowed by, as tickets carry them in `view`:
# in letters that need no quoting, whatever template writes them into an address.
_CARRIES = "~"
SEARCH = "/admin/search"
CLIENTS = "/admin/clients"
TASKS = "/admin/tasks"
APPOINTMENTS = "/admin/appointments"
ASSETS = "/admin/assets"
CLAIMS = "/admin/warranty_claims"


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


def permalink(number: int, pk: int) -> str:
    """Where a message stands, on whatever page of its thread."""
    return f"{ticket_url(number, at=str(pk))}#message-{pk}"


def replies_url(number: int | None) -> str:
    """The picker's list for a ticket; for one that is still being opened, which has no number."""
    return f"{ticket_url(number) if number else f'{QUEUE}/add'}/replies"


def message_url(number: int, pk: int, *, part: str) -> str:
    """Something about one message: its frame, its raw mail, its delivery."""
    return f"{QUEUE}/ticket/{number}/messages/{pk}/{part}"


def tasks_url(**query: str) -> str:
    """The list of tasks."""
    return _with(TASKS, query)


def appointments_url(**query: str) -> str:
    """The page of appointments."""
    return _with(APPOINTMENTS, query)


def assets_url(pk: int | None = None, *, part: str = "", **query: str) -> str:
    """The list of assets; with an id the page of one, or a part of it."""
    return _with("/".join(filter(None, (ASSETS, str(pk or ""), part))), query)


def claims_url(pk: int | None = None, **query: str) -> str:
    """The list of warranty claims; with an id the page of one."""
    return _with("/".join(filter(None, (CLAIMS, str(pk or "")))), query)


def clients_url(**query: str) -> str:
    """The list of customers."""
    return _with(CLIENTS, query)


def customer_url(pk: int, *, part: str = "") -> str:
    """The page of a customer, or a part of it."""
    return f"{CLIENTS}/client/{pk}/{part}".rstrip("/")


def search_url(**query: str) -> str:
    """The search with its answer."""
    return _with(SEARCH, query)


def carrying(name: str, given: dict[str, str]) -> str:
    """A view's slug that also says what the view was narrowed by."""
    packed = urlsafe_b64encode(urlencode(given).encode()).decode().rstrip("=")
    return f"{name}{_CARRIES}{packed}" if given else name


def carried(slug: str) -> tuple[str, str]:
    """The view of a slug, and the query string it carries; empty for nonsense."""
    name, _sign, packed = slug.partition(_CARRIES)
    try:
        # The padding may be longer than needed, never shorter.
        return name, urlsafe_b64decode(f"{packed}===").decode()
    except ValueError:
        return name, ""


def _spread(query: dict[str, str]) -> dict[str, str]:
    """A view that carries filters, as the view and its filters."""
    name, given = carried(query.get("view", ""))
    return {**query, "view": name, **dict(parse_qsl(given))} if given else query


def _with(path: str, query: dict[str, str]) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
