"""What tickets do about changes below: merged customers, changed departments."""

from __future__ import annotations

from accounts.events import DepartmentChanged
from core.events import on
from customers.events import CustomerMerged
from tickets.models import Follower, Message, SearchDocument, Ticket
from tickets.vocabulary import forget_vocabulary


@on(CustomerMerged)
def move_tickets(event: CustomerMerged) -> None:
    """The survivor inherits tickets, messages and what the merged row followed."""
    tickets = Ticket.objects.filter(customer_id=event.customer_id)
    SearchDocument.objects.filter(ticket__in=tickets).update(is_stale=True)
    tickets.update(customer_id=event.survivor_id)
    Message.objects.filter(author_customer_id=event.customer_id).update(
        author_customer_id=event.survivor_id
    )
    Follower.objects.filter(customer_id=event.customer_id).update(customer_id=event.survivor_id)


@on(DepartmentChanged)
def forget_departments(event: DepartmentChanged) -> None:
    """Pages of this process show the change at once."""
    forget_vocabulary()
