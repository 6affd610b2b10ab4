"""Giving out guest links."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from core import options
from tickets.guests import belongs, digest_of
from tickets.models import GuestLink, Ticket


def guest_url(ticket: Ticket, *, email: str, now: datetime) -> str:
    """The address of a fresh link for a mail that goes to `email` alone; empty when there is none.

    Whoever reads the mail reads the ticket: put it into no mail that others get as well.
    """
    token = issue_guest_token(ticket, email=email, now=now)
    return f"{settings.SITE_URL}/t/{token}" if token else ""


@transaction.atomic
def issue_guest_token(ticket: Ticket, *, email: str, now: datetime) -> str:
    """A fresh token of which only the digest is kept; empty for an address not of the ticket."""
    if not belongs(email, ticket=ticket):
        return ""
    token = secrets.token_urlsafe(32)
    GuestLink.objects.create(ticket=ticket, email=email, digest=digest_of(token), created_at=now)
    return token


@transaction.atomic
def send_guest_link(link: GuestLink, *, now: datetime) -> bool:
    """Mail a fresh link to the mailbox of an old one; False when it gets none any more."""
    ticket = link.ticket
    url = guest_url(ticket, email=link.email, now=now)
    if not url:
        return False
    with translation.override(ticket.customer.language or settings.LANGUAGE_CODE):
        facts = {
            "url": url,
            "number": str(ticket.number),
            "company": options.value("accounts.company_name"),
        }
        body = render_to_string("email/guest_link.txt", facts)
        send_mail(_("Your new link to request #%(number)s") % facts, body, None, [link.email])
    return True
