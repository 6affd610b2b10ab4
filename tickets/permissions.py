"""Who may see and do what with tickets: one policy for pages, API, exports and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.models import User
from accounts.models.role import Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from customers.models import Customer
    from tickets.models import Message, Ticket
    from tickets.models.message import AttachmentQuerySet
    from tickets.models.ticket import TicketQuerySet

Reader = User | AnonymousUser


def tickets_visible_to(user: Reader, tickets: TicketQuerySet) -> TicketQuerySet:
    """Agents see their departments, managers all, customers their own and shared ones."""
    tickets = tickets.filter(deleted_at__isnull=True)
    if isinstance(user, AnonymousUser) or not user.is_active:
        return tickets.none()
    if not user.is_staff:
        return tickets.filter(_belongs_to(user), is_spam=False)
    if user.may(Permission.TICKETS_ALL):
        return tickets
    if user.may(Permission.TICKETS_WORK):
        return tickets.filter(department_id__in=user.department_ids())
    return tickets.none()


def tickets_of_customer(customer: Customer, tickets: TicketQuerySet) -> TicketQuerySet:
    """What this customer sees on the portal, with an account or without (R180)."""
    shared = Q(customer__organisation=customer.organisation_id)
    shared &= Q(customer__organisation__shares_tickets=True)
    seen = Q(customer=customer) | (shared if customer.organisation_id else Q(pk__in=[]))
    return tickets.filter(seen, deleted_at__isnull=True, is_spam=False)


def attachments_visible_to(user: Reader, attachments: AttachmentQuerySet) -> AttachmentQuerySet:
    """Files of visible tickets; for customers only those of public messages (X-37)."""
    from tickets.models import Ticket  # noqa: PLC0415 -- the models ask this module

    tickets = tickets_visible_to(user, Ticket.objects.all())
    if isinstance(user, User) and user.is_staff:
        return attachments.kept().filter(ticket__in=tickets)
    # Of a merged ticket they see the conversation they know, wherever its messages are.
    own = Q(message__origin=None, ticket__in=tickets) | Q(message__origin__in=tickets)
    return attachments.public().filter(own)


def messages_for_customer(ticket: Ticket) -> QuerySet[Message]:
    """The thread as its customer may read it: never what another's ticket brought in (X-16)."""
    from tickets.models import Message  # noqa: PLC0415 -- the models ask this module

    if ticket.merged_into_id is not None:
        return Message.objects.filter(origin=ticket).public()
    own = Q(origin=None) | Q(origin__customer=ticket.customer_id)
    return ticket.messages.filter(own).public()


def may_work(user: Reader, ticket: Ticket) -> bool:
    """Whether `user` may answer and change `ticket`."""
    if not isinstance(user, User) or not user.is_staff:
        return False
    if user.may(Permission.TICKETS_ALL):
        return True
    return user.may(Permission.TICKETS_WORK) and ticket.department_id in user.department_ids()


def staff_may_see(user: User, ticket: Ticket) -> bool:
    """What `tickets_visible_to` says to staff, of a row that is at hand."""
    return ticket.deleted_at is None and may_work(user, ticket)


def may_delete(user: Reader, ticket: Ticket) -> bool:
    """Whether `user` may delete `ticket`."""
    return may_work(user, ticket) and isinstance(user, User) and user.may(Permission.TICKETS_DELETE)


def may_redact(user: Reader, ticket: Ticket) -> bool:
    """Whether `user` may take out for good what a message of `ticket` says: who may delete it."""
    return may_delete(user, ticket)


def assignable_users(department_id: int) -> QuerySet[User]:
    """Staff who may be given a ticket of the department: its members, and those who see all."""
    everywhere = Q(role__is_owner=True) | Q(role__permissions__contains=[Permission.TICKETS_ALL])
    member = Q(memberships__department_id=department_id)
    return User.objects.staff().filter(everywhere | member).distinct()


def may_be_assigned(user: User, department_id: int) -> bool:
    """Whether `user` could open a ticket of the department, and so may be given it."""
    if not user.is_staff:
        return False
    return user.may(Permission.TICKETS_ALL) or department_id in user.department_ids()


def is_participant(ticket: Ticket, customer: Customer) -> bool:
    """Requester, follower, or a colleague in an organisation that shares (mail.md 35)."""
    if ticket.customer_id == customer.pk:
        return True
    if ticket.followers.filter(customer=customer).exists():
        return True
    organisation = customer.organisation
    return (
        organisation is not None
        and organisation.shares_tickets
        and ticket.customer.organisation_id == organisation.pk
    )


def _belongs_to(user: User) -> Q:
    own = Q(customer__user=user)
    customer = getattr(user, "customer", None)
    if customer is None or customer.organisation_id is None:
        return own
    shared = Q(
        customer__organisation_id=customer.organisation_id,
        customer__organisation__shares_tickets=True,
    )
    return own | shared
