"""Django's mail API on top of the outbox: a row in the caller's transaction, its body sealed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import global_settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from core import clock
from core.pokes import poke
from mailpipe.addresses import header_safe
from mailpipe.identity import new_account_message_id
from mailpipe.models import OutgoingMail
from mailpipe.queueing import SEND
from mailpipe.secrets import seal_body
from mailpipe.sender import department_mailbox, sender_address
from tickets.vocabulary import departments


class OutboxBackend(BaseEmailBackend):
    """What accounts send (codes, links) leaves like every other mail, and is blanked once sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue the mails; returns how many. Raises ValueError for one that carries files."""
        mails = [mail for mail in email_messages if mail.recipients()]
        with transaction.atomic():
            OutgoingMail.objects.bulk_create([_row(mail) for mail in mails])
            if mails:
                poke(SEND)
        return len(mails)


def _row(mail: EmailMessage) -> OutgoingMail:
    if mail.attachments:
        raise ValueError("account mails carry no files")
    now = clock.now()
    return OutgoingMail(
        idempotency_key=f"account:{uuid.uuid4()}",
        kind=OutgoingMail.Kind.ACCOUNT,
        identifier=new_account_message_id(home=sender_address(None)),
        from_header=_from(mail),
        reply_to=", ".join(mail.reply_to),
        to=list(mail.to),
        cc=list(mail.cc),
        bcc=list(mail.bcc),
        subject=header_safe(str(mail.subject)),
        headers=_headers(mail),
        sealed_body=seal_body(str(mail.body), _html(mail)),
        due_at=now,
        created_at=now,
        composed_at=now,
    )


def _from(mail: EmailMessage) -> str:
    """The default department speaks for the house, unless the caller names a sender."""
    if mail.from_email and mail.from_email != global_settings.DEFAULT_FROM_EMAIL:
        return str(mail.from_email)
    default = next((row for row in departments() if row.is_default), None)
    return department_mailbox(default)


def _headers(mail: EmailMessage) -> dict[str, Any]:
    named = {name: str(value) for name, value in mail.extra_headers.items()}
    return {"Auto-Submitted": "auto-generated"} | named


def _html(mail: EmailMessage) -> str:
    if not isinstance(mail, EmailMultiAlternatives):
        return ""
    return next((str(body) for body, kind in mail.alternatives if kind == "text/html"), "")
