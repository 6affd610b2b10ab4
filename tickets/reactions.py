"""What tickets do about changes below, and what replies make of promises."""

from __future__ import annotations

from django.utils.translation import gettext

from accounts.events import DepartmentChanged
from accounts.models.user import house_zone
from core.events import on
from customers.events import CustomerMerged
from tickets.actions import promises
from tickets.actions.scheduling import cancel_all_scheduled, return_of_strangers
from tickets.actors import Actor
from tickets.events import (
    AppointmentChanged,
    MessageReceived,
    ReplyPosted,
    ReplyWithdrawn,
    TicketDeleted,
    TicketEvent,
    TicketMarkedSpam,
    TicketMerged,
    TicketTransferred,
)
from tickets.models import (
    NO_DEADLINE,
    Appointment,
    CustomerFieldValue,
    Follower,
    Message,
    Promise,
    SearchDocument,
    Ticket,
)
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
    Appointment.objects.filter(customer_id=event.customer_id).update(customer_id=event.survivor_id)
    answered = CustomerFieldValue.objects.filter(customer_id=event.survivor_id).values("field")
    answers = CustomerFieldValue.objects.filter(customer_id=event.customer_id)
    answers.exclude(field__in=answered).update(customer_id=event.survivor_id)


@on(DepartmentChanged)
def forget_departments(event: DepartmentChanged) -> None:
    """Pages of this process show the change at once."""
    forget_vocabulary()


@on(ReplyPosted)
def keep_promises(event: ReplyPosted) -> None:
    """An answer of a person keeps what is open, and makes good what was due before it (N12).

    To another customer, whose ticket was merged in, it keeps what they were promised there.
    """
    now, ticket = event.now, event.ticket
    talk = event.message.conversation
    is_apart = talk.customer_id != ticket.customer_id
    told = talk if is_apart else ticket
    if not event.actor.is_human_staff or event.is_notice or told.promised_at == NO_DEADLINE:
        return
    for awaited in told.promises.awaited().select_related("ticket"):
        promise = awaited
        if promise.due_at < now:
            promise = promises.break_promise(promise, actor=Actor.system(""), now=now)
        promises.keep_promise(promise, actor=event.actor, now=now, message=event.message)
    # Reactions of upper floors settle this very row: they must not bring the old date back.
    ticket.refresh_from_db(fields=["promised_at", "next_due_at", "due_reason"])


@on(ReplyWithdrawn)
def undo_promises(event: ReplyWithdrawn) -> None:
    """A reply taken back neither keeps nor makes a promise."""
    for promise in Promise.objects.filter(kept_with=event.message).select_related("ticket"):
        promises.reopen_promise(promise, actor=event.actor, now=event.now)
    for promise in Promise.objects.filter(made_with=event.message).select_related("ticket"):
        promises.withdraw_promise(promise, actor=event.actor, now=event.now)
    event.ticket.refresh_from_db(fields=["promised_at", "next_due_at", "due_reason"])


@on(MessageReceived)
def return_scheduled(event: MessageReceived) -> None:
    """The customer was quicker: what was to be said may not fit any more."""
    if event.message.is_automatic or event.message.is_held:
        return
    reason = gettext("The customer wrote first.")
    cancel_all_scheduled(event.ticket, actor=Actor.system(""), now=event.now, reason=reason)


@on(TicketDeleted)
def return_scheduled_of_deleted(event: TicketDeleted) -> None:
    """Nobody is answered on a ticket that is gone."""
    _return_all(event)


@on(TicketMarkedSpam)
def return_scheduled_of_spam(event: TicketMarkedSpam) -> None:
    """Spam is not answered."""
    _return_all(event)


@on(TicketMerged)
def return_scheduled_of_merged(event: TicketMerged) -> None:
    """The talk goes on in another ticket: there the text is a draft."""
    _return_all(event)


@on(TicketTransferred)
def return_scheduled_of_strangers(event: TicketTransferred) -> None:
    """Who does not work in the new department does not answer there."""
    return_of_strangers(event.ticket, actor=event.actor, now=event.now)


def _return_all(event: TicketEvent) -> None:
    reason = gettext("The ticket was merged, deleted or marked as spam.")
    cancel_all_scheduled(event.ticket, actor=event.actor, now=event.now, reason=reason)


@on(AppointmentChanged)
def note_visit(event: AppointmentChanged) -> None:
    """A visit that took place is one of the claim it was planned for; a day typed before stays."""
    if event.step == "finished":
        day = event.appointment.starts_at.astimezone(house_zone()).date()
        event.appointment.claims.filter(visited_on=None).update(visited_on=day)
