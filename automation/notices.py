"""What agents are told without any rule: tickets given to them, answers of their customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from automation.assigning.asking import is_giving
from automation.effects.telling import url_of
from automation.escalating import end_escalations, note_escalation
from core.events import on
from core.text import excerpt
from mailpipe.identity import note_address
from mailpipe.sender import sender_address
from notifications.actions import Letter, forget_words, notify, notify_each
from notifications.notices import Notice
from tickets import events
from tickets.actions.assigning import Award
from tickets.models import Message, Ticket
from tickets.permissions import may_work
from tickets.redacting import tells

ASSIGNED, REPLIED, ESCALATED = "ticket.assigned", "ticket.customer_replied", "ticket.escalated"
_QUOTED = 1_500


@on(events.AssigneeChanged)
def tell_assignee(event: events.AssigneeChanged) -> None:
    """Who was given a ticket is told, unless they took it themselves.

    What is given out in batches is told in batches, by whoever gives it out.
    """
    if isinstance(event.after, User) and not is_giving.get():
        _tell_of_assignment(event, event.after)


def tell_given(awards: Iterable[Award], *, now: datetime) -> None:
    """Tell everybody of the tickets they were given, unless a rule has taken one away again."""
    letters = [
        Letter(
            user=award.assignee,
            notice=_answered_by_note(
                _assignment_notice(award.ticket), award.ticket, award.assignee
            ),
            key=_assignment_key(award.ticket, award.assignee, now),
        )
        for award in awards
        if award.ticket.assignee_id == award.assignee.pk
    ]
    if letters:
        notify_each(letters, kind=ASSIGNED, now=now)


@on(events.TicketAdmitted)
def tell_first_assignee(event: events.TicketAdmitted) -> None:
    """A ticket that somebody opened for a colleague by hand; twice told is told once."""
    if event.ticket.assignee is not None:
        _tell_of_assignment(event, event.ticket.assignee)


@on(events.MessageReceived)
def tell_of_answer(event: events.MessageReceived) -> None:
    """Assignee and watchers hear of a customer's answer; of automatic and held ones nobody."""
    ticket, message = event.ticket, event.message
    if message.is_automatic or message.is_held or ticket.is_spam:
        return
    words = {"number": ticket.number, "name": message.author_name or message.author_email}
    notice = _notice(
        ticket,
        kind=REPLIED,
        title=_("%(name)s answered in #%(number)s") % words,
        body=f"{ticket.subject}\n\n{excerpt(message.text, _QUOTED)}",
    )
    _tell(_listeners(ticket), event, notice, key=f"answer:{message.pk}")


@on(events.MessageReleased)
def tell_of_released_answer(event: events.MessageReleased) -> None:
    """An answer that waited for approval is told of when it has it."""
    released: Message = event.message
    if not released.is_automatic:
        answer = events.MessageReceived(
            ticket=event.ticket, actor=event.actor, now=event.now, message=released
        )
        tell_of_answer(answer)


@on(events.ForwardAnswered)
def tell_of_forward_answer(event: events.ForwardAnswered) -> None:
    """Assignee and watchers hear that a third party has answered; what it says stays inside."""
    message = event.message
    if message.is_automatic:
        return
    words = {"number": event.ticket.number, "name": message.author_name}
    title = _("%(name)s answered what was forwarded from #%(number)s") % words
    notice = _notice(event.ticket, kind=REPLIED, title=title, body=event.ticket.subject)
    _tell(_listeners(event.ticket), event, notice, key=f"answer:{message.pk}")


@on(events.MessageRedacted)
def forget_told_words(event: events.MessageRedacted) -> None:
    """News that quoted it say no more than that there was an answer."""
    own = f"answer:{event.message.pk}"
    forget_words(
        f"ticket:{event.ticket.pk}",
        is_told=lambda key, body: key.endswith(own) or tells(body, event.passages),
    )


@on(events.TicketEscalated)
def keep_escalation(event: events.TicketEscalated) -> None:
    """By hand: the row, and news for who takes over. Rules write their own rows."""
    if event.actor.rule_id is not None:
        return
    ticket = event.ticket
    row = note_escalation(ticket, level=event.level, reason=event.reason, now=event.now)
    if row is None:
        return
    words = {"name": event.actor.name, "number": ticket.number, "subject": ticket.subject}
    notice = _notice(
        ticket,
        kind=ESCALATED,
        title=_("%(name)s escalated #%(number)s %(subject)s") % words,
        body=event.reason,
    )
    _tell(_takers(event), event, notice, key=f"escalation:{row.pk}")


@on(events.TicketDeescalated)
def end_with_flag(event: events.TicketDeescalated) -> None:
    """Taking the flag off ends every escalation, with the reason given."""
    end_escalations(event.ticket, reason=event.reason, now=event.now)


@on(events.StatusChanged)
def end_with_resolution(event: events.StatusChanged) -> None:
    """A resolved ticket needs nobody higher up."""
    if event.ticket.is_resolved:
        end_escalations(event.ticket, reason=_("Resolved"), now=event.now)


@on(events.TicketMarkedSpam)
def end_with_spam(event: events.TicketMarkedSpam) -> None:
    """Nor does spam."""
    end_escalations(event.ticket, reason=_("Spam"), now=event.now)


@on(events.TicketDeleted)
def end_with_ticket(event: events.TicketDeleted) -> None:
    """Nor does what is gone."""
    end_escalations(event.ticket, reason=_("Deleted"), now=event.now)


@on(events.TicketMerged)
def end_with_merge(event: events.TicketMerged) -> None:
    """Nor does what is part of another ticket."""
    end_escalations(event.ticket, reason=_("Merged"), now=event.now)


def _tell_of_assignment(event: events.TicketEvent, assignee: User) -> None:
    key = _assignment_key(event.ticket, assignee, event.now)
    _tell([assignee], event, _assignment_notice(event.ticket), key=key)


def _assignment_notice(ticket: Ticket) -> Notice:
    words = {"number": ticket.number, "subject": ticket.subject}
    return _notice(
        ticket,
        kind=ASSIGNED,
        title=_("You have been given #%(number)s %(subject)s") % words,
        body=_("Customer: %(name)s") % {"name": ticket.customer.display_name},
    )


def _assignment_key(ticket: Ticket, assignee: User, now: datetime) -> str:
    return f"assigned:{ticket.pk}:{assignee.pk}:{int(now.timestamp())}"


def _notice(ticket: Ticket, *, kind: str, title: str, body: str) -> Notice:
    return Notice(
        kind=kind, title=title, body=body, url=url_of(ticket), about=f"ticket:{ticket.pk}"
    )


def _tell(
    people: Iterable[User | None], event: events.TicketEvent, notice: Notice, *, key: str
) -> None:
    """Everybody but whoever did it; by mail each may answer with a note of their own."""
    doer, ticket = event.actor.user, event.ticket
    readers = {user.pk: user for user in people if user is not None and user != doer}
    for user in readers.values():
        if may_work(user, ticket):
            answered = _answered_by_note(notice, ticket, user)
            notify([user], answered, key=key, now=event.now)


def _answered_by_note(notice: Notice, ticket: Ticket, user: User) -> Notice:
    home = sender_address(ticket.department)
    return replace(notice, mail_reply_to=note_address(ticket, home=home, recipient=user.email))


def _listeners(ticket: Ticket) -> list[User | None]:
    watching = User.objects.staff().filter(watched__ticket=ticket).order_by("pk")
    return [ticket.assignee, *watching]


def _takers(event: events.TicketEscalated) -> list[User | None]:
    """The new assignee, and of a team its lead, or all when it has none."""
    team = event.team
    if team is None:
        lead = event.ticket.department.lead
        return [event.ticket.assignee or lead]
    people = [team.lead] if team.lead else list(User.objects.staff().filter(teams=team))
    return [event.ticket.assignee, *people]
