"""Confirmations of receipt, under budgets that end every ping-pong (R39, mail.md 46, 47)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import options, rates
from core.placeholders import fill, names_in
from core.sanitiser import linkify
from mailpipe.addresses import is_no_reply
from mailpipe.models import OutgoingMail
from mailpipe.options import RECEIPT_BODY, RECEIPT_SUBJECT
from mailpipe.queueing import Parcel, queue_parcel
from mailpipe.secrets import link_stand_in
from sla.promises import placeholders_of
from tickets.actions.guests import guest_url
from tickets.models import Ticket
from tickets.vocabulary import departments

TOO_LARGE = gettext_lazy(
    "Your mail was too large for us to keep its files. Please send them in several mails, "
    "or as a link."
)
PROMISES = frozenset({"SLA", "sla", "sla.due"})
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def send_receipt(ticket: Ticket, *, now: datetime, notice: str = "") -> OutgoingMail | None:
    """Tell the customer that the request arrived; None when nobody is to be told.

    Nothing the sender wrote stands in it: it may be somebody else's address (X-04, X-05).
    `notice` is an additional paragraph of ours.
    """
    email = ticket.customer.email
    if not _is_wanted(ticket, email) or not within_budget(email, ticket=ticket, now=now):
        return None
    link = guest_url(ticket, email=email, now=now)
    with translation.override(ticket.customer.language or settings.LANGUAGE_CODE):
        subject, body = _words(ticket, now)
        parts = [body, notice, f"{_('See your request online:')} {link_stand_in()}" if link else ""]
        text = "\n\n".join(part for part in parts if part)
        parcel = Parcel(
            kind=OutgoingMail.Kind.RECEIPT,
            key=f"receipt:{ticket.pk}",
            to=(email,),
            subject=subject,
            text=text,
            html=_html(subject, text),
            link=link,
        )
    return queue_parcel(ticket, parcel=parcel, now=now)


def tell_too_large(ticket: Ticket, *, email: str, key: str, now: datetime) -> OutgoingMail | None:
    """Tell a sender once that the files of a mail were left out (mail.md 13)."""
    if not within_budget(email, ticket=ticket, now=now):
        return None
    with translation.override(ticket.customer.language or settings.LANGUAGE_CODE):
        subject, text = _("The files of your mail"), str(TOO_LARGE)
        parcel = Parcel(
            kind=OutgoingMail.Kind.NOTICE,
            key=f"too-large:{key}",
            to=(email,),
            subject=subject,
            text=text,
            html=_html(subject, text),
        )
    return queue_parcel(ticket, parcel=parcel, now=now)


def within_budget(email: str, *, ticket: Ticket, now: datetime) -> bool:
    """Count one automatic mail; False once one of the budgets is used up (mail.md 46)."""
    budgets = (
        (f"auto-mail:{email}:hour", 5, HOUR),
        (f"auto-mail:{email}:day", 20, DAY),
        (f"auto-mail:ticket:{ticket.pk}", 3, HOUR),
        (f"auto-mail:{email}:subject:{ticket.subject.casefold()}", 2, DAY),
    )
    return rates.hit_all(budgets, now=now)


def _is_wanted(ticket: Ticket, email: str) -> bool:
    ours = {row.email for department in departments() for row in department.addresses.all()}
    return (
        bool(email)
        and ticket.department.sends_receipts
        and options.value("mailpipe.receipts")
        and not is_no_reply(email)
        and email not in ours
    )


def _words(ticket: Ticket, now: datetime) -> tuple[str, str]:
    """Subject and body as managers wrote them; the shipped ones in the customer's language."""
    subject, body = (
        options.value("mailpipe.receipt_subject"),
        options.value("mailpipe.receipt_body"),
    )
    subject = _(subject) if subject == RECEIPT_SUBJECT else subject
    body = _(body) if body == RECEIPT_BODY else body
    values = _values(ticket)
    if names_in(body) & PROMISES:
        values |= placeholders_of(ticket, now=now)
    return subject, fill(body, values)


def _values(ticket: Ticket) -> dict[str, str]:
    """What a confirmation may name: facts of ours only (X-34).

    A name a stranger gave would carry his words to somebody else's mailbox (X-05).
    """
    customer = ticket.customer
    return {
        "customer.name": customer.display_name if customer.user_id else customer.email,
        "department.name": ticket.department.name,
        "ticket.number": str(ticket.number),
        "ID": str(ticket.number),
        "ticket.status": ticket.customer_words,
        "company.name": options.value("accounts.company_name"),
    }


def _html(subject: str, text: str) -> str:
    facts = {"language": translation.get_language(), "subject": subject, "body": linkify(text)}
    return render_to_string("email/plain.html", facts)
