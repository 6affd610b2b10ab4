"""How much everybody has on their desk, for choosing who gets the next ticket (R74, C26)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from core import options
from tickets.models import Ticket
from tickets.models.vocabulary import Kind

WAITING_KINDS = (Kind.WAITING_CUSTOMER, Kind.WAITING_THIRD_PARTY)


def current_load(user_ids: Iterable[int]) -> dict[int, int]:
    """Open tickets of each of the given people; those that wait count only by option."""
    ids = list(user_ids)
    tickets = Ticket.objects.open().filter(assignee_id__in=ids)
    if not options.value("tickets.load_counts_waiting"):
        tickets = tickets.exclude(status_kind__in=WAITING_KINDS)
    counted = dict(tickets.order_by().values_list("assignee_id").annotate(count=Count("pk")))
    return {pk: counted.get(pk, 0) for pk in ids}
