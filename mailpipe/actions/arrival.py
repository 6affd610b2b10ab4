"""A mail becomes a message: in the ticket it is about, or in a new one."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from core.text import clean_line
from customers.actions import find_or_create_customer
from customers.models import Customer
from mailpipe.actions.commands import obey
from mailpipe.actions.duplicates import note_departments
from mailpipe.actions.forwards import forward_answered
from mailpipe.actions.notes import INTAKE, write_note
from mailpipe.actions.receipts import TOO_LARGE, send_receipt, tell_too_large
from mailpipe.models import InboundMail, MessageIdentifier
from mailpipe.queueing import default_recipients
from mailpipe.recogniser.case import Case, Settlement
from mailpipe.recogniser.contents import (
    author_of,
    content_of,
    followers_of,
    is_too_large,
    recipients_of,
)
from mailpipe.recogniser.standing import (
    Judgement,
    Standing,
    is_authenticated,
    is_forged,
    judge,
    may_be_answered,
)
from mailpipe.recogniser.threads import Thread, find_thread, named_identifiers
from mailpipe.tokens import Scope
from tickets.actions import (
    Opening,
    add_followers,
    add_note,
    link_tickets,
    open_ticket,
    receive_forward_answer,
    receive_message,
    reply,
)
from tickets.actions.messages import Answer, Incoming
from tickets.actors import Actor
from tickets.content import Content
from tickets.models import Message, Ticket, TicketLink
from tickets.models.ticket import Channel

Outcome = InboundMail.Outcome
AWAITED_LIMIT = 10


def join_thread(case: Case) -> Settlement | None:
    """Add the mail to the ticket it names, as far as its sender may; else None."""
    thread = find_thread(case)
    if thread is None:
        return None
    judgement = judge(case, thread)
    if judgement.standing is Standing.OUTSIDER:
        case.mentioned = thread.ticket
        return None
    return _joined(case, thread, _written(case, thread, judgement))


def open_from_mail(case: Case) -> Settlement:
    """A new ticket, with a receipt for whoever may get one."""
    customer = _customer(case)
    is_unverified = is_forged(case) or (case.staff is not None and not is_authenticated(case))
    opening = Opening(
        customer=customer,
        department=case.department,
        subject=case.mail.parsed.subject or _("(no subject)"),
        content=content_of(case),
        channel=Channel.EMAIL,
        author=author_of(case, is_unverified=is_unverified),
        followers=() if is_forged(case) else followers_of(case),
        recipients=recipients_of(case),
    )
    ticket = open_ticket(opening, actor=Actor.of_customer(customer), now=case.received_at)
    message = ticket.messages.earliest("pk")
    _remember(case, message)
    _remember_awaited(case, ticket)
    _tell_agents(case, ticket)
    _confirm(case, ticket)
    return Settlement(
        outcome=Outcome.TICKET,
        reason=f"new ticket #{ticket.number}",
        ticket=ticket,
        message=message,
    )


def _written(case: Case, thread: Thread, judgement: Judgement) -> Message:
    """Staff without proof, and answers to a note's notification, stay among colleagues (39, 50)."""
    forward = forward_answered(case, thread, judgement)
    if forward is not None:
        return _answer_of_third_party(case, forward, judgement)
    if judgement.standing is Standing.AGENT and thread.scope is Scope.TICKET:
        return _reply_of_agent(case, thread)
    if judgement.standing in (Standing.AGENT, Standing.COLLEAGUE) or thread.scope is Scope.NOTE:
        return _note_of_colleague(case, thread, judgement)
    return _message_of_customer(case, thread, judgement)


def _joined(case: Case, thread: Thread, message: Message) -> Settlement:
    ticket = message.ticket
    _remember(case, message)
    has_dropped = _note_dropped_files(case, ticket)
    is_ours_to_tell = not message.is_held and message.source_id is None
    if has_dropped and may_be_answered(case) and is_ours_to_tell:
        tell_too_large(
            message.conversation, email=case.sender.email, key=str(case.row.pk), now=case.now
        )
    if ticket.pk in (thread.ticket.pk, thread.ticket.merged_into_id):
        reason, outcome = f"reply in #{ticket.number}", Outcome.REPLY
    else:
        reason = f"new ticket #{ticket.number}, as #{thread.ticket.number} is long closed"
        outcome = Outcome.TICKET
        _confirm(case, ticket)
    return Settlement(outcome=outcome, reason=reason, ticket=ticket, message=message)


def _message_of_customer(case: Case, thread: Thread, judgement: Judgement) -> Message:
    """In the words and name of whoever wrote it; a stranger's waits for an agent (X-03)."""
    customer = _customer(case)
    is_held = judgement.standing is Standing.HOLDER
    incoming = Incoming(
        content=content_of(case),
        author=replace(author_of(case, is_unverified=judgement.is_unverified), is_held=is_held),
        channel=Channel.EMAIL,
        recipients=recipients_of(case),
    )
    actor = Actor.of_customer(customer)
    message = receive_message(thread.ticket, incoming=incoming, actor=actor, now=case.received_at)
    if not is_held and not judgement.is_unverified:
        followers = followers_of(case)
        if followers:
            add_followers(
                message.conversation, followers=followers, actor=actor, now=case.received_at
            )
    return message


def _reply_of_agent(case: Case, thread: Thread) -> Message:
    """A proved agent answers the customer from the mail program (mail.md 50); quotes are cut."""
    if case.staff is None:
        raise ValueError("no agent")
    actor, ticket, now = Actor.of_user(case.staff), thread.ticket, case.received_at
    content = replace(content_of(case), quoted_text="", quoted_html="")

    def write(words: Content) -> Message:
        answer = Answer(content=words, recipients=default_recipients(ticket))
        return reply(ticket, answer=answer, actor=actor, now=now)

    return obey(ticket, content=content, write=write, actor=actor, now=now)


def _note_of_colleague(case: Case, thread: Thread, judgement: Judgement) -> Message:
    """What a staff address without proof says, its colleagues see, and nobody else (mail.md 50)."""
    is_proved = judgement.standing is Standing.AGENT and case.staff is not None
    actor = Actor.of_user(case.staff) if is_proved and case.staff else INTAKE
    ticket, now = thread.ticket, case.received_at

    def write(words: Content) -> Message:
        author = author_of(case, is_unverified=not is_proved)
        return add_note(ticket, content=words, actor=actor, author=author, now=now)

    content = content_of(case)
    if not is_proved:
        return write(content)
    return obey(ticket, content=content, write=write, actor=actor, now=now)


def _answer_of_third_party(case: Case, forward: Message, judgement: Judgement) -> Message:
    """Whom we forwarded a message to answers: a note, that neither leaves nor shows (X-37)."""
    return receive_forward_answer(
        forward,
        content=content_of(case),
        author=author_of(case, is_unverified=judgement.is_unverified),
        actor=INTAKE,
        now=case.received_at,
    )


def _customer(case: Case) -> Customer:
    known: Customer | None = vars(case).get("customer")  # asked for by whoever judged the sender
    if known is not None and known.name:
        return known
    return find_or_create_customer(
        case.sender.email,
        name=clean_line(case.sender.name, 160),
        language=case.mail.parsed.language,
        now=case.received_at,
    )


def _remember(case: Case, message: Message) -> None:
    """Keep the mail's own identifier: answers to it find their ticket by it."""
    if case.mail.key:
        MessageIdentifier.objects.create(
            key=case.mail.key,
            body_sha256=case.mail.body_sha256,
            ticket=message.conversation,
            message=message,
            created_at=case.received_at,
        )


def _remember_awaited(case: Case, ticket: Ticket) -> None:
    """Keep what the first mail answers, in case the answer overtook its question (mail.md 41)."""
    known = {row.key for row in case.identifiers}
    keys = dict.fromkeys(MessageIdentifier.key_of(name) for name in named_identifiers(case))
    MessageIdentifier.objects.bulk_create(
        MessageIdentifier(key=key, ticket=ticket, is_awaited=True, created_at=case.received_at)
        for key in list(keys)[:AWAITED_LIMIT]
        if key not in known
    )


def _tell_agents(case: Case, ticket: Ticket) -> None:
    """What the mail says beyond its words: a ticket it names, other departments, dropped files."""
    if case.mentioned is not None:
        kind = TicketLink.Kind.MENTIONS
        link_tickets(ticket, target=case.mentioned, kind=kind, actor=INTAKE, now=case.received_at)
        case.note("link", f"mentions #{case.mentioned.number}")
    others = [row for row in case.addressed if row.pk != case.department.pk]
    note_departments(ticket, others, case=case)
    _note_dropped_files(case, ticket)


def _note_dropped_files(case: Case, ticket: Ticket) -> bool:
    names = [part.filename for part in case.mail.parsed.attachments] if is_too_large(case) else []
    if names:
        words = _("The mail was too large; these files are only in the raw mail: %(names)s")
        text = words % {"names": ", ".join(names)}
        write_note(ticket, text, now=case.received_at)
        case.note("size", f"{case.row.size} bytes, {len(names)} files left out")
    return bool(names)


def _confirm(case: Case, ticket: Ticket) -> None:
    """A receipt, unless the mail is automatic, unbelieved, or asks for none (R39, X-06)."""
    if not may_be_answered(case):
        case.note("receipt", "none, the mail is automatic, our own or forged")
        return
    notice = str(TOO_LARGE) if is_too_large(case) else ""
    row = send_receipt(ticket, notice=notice, now=case.now)
    case.note("receipt", "queued" if row else "none wanted, or the budget is used up")
