"""Notices as mail: handed to the outbox in the transaction that settles them (ARCHITECTURE 3)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import outbox
from core.models import Delivery
from notifications.models import NoticeDelivery
from notifications.providers.texts import plain

RULE = "-- "  # RFC 3676 4.3: what follows is no part of the message


@transaction.atomic
def hand_over(row: NoticeDelivery, *, now: datetime) -> bool:
    """Put the mail into the outbox and settle the row, both or neither.

    False when another worker has taken the row up meanwhile: then the mail is theirs to send.
    """
    claimed = NoticeDelivery.objects.select_for_update(of=("self",)).filter(
        pk=row.pk, state=Delivery.State.SENDING, attempts=row.attempts
    )
    if not claimed.exists() or row.user is None:
        return False
    with translation.override(row.user.language or None):
        _mail(row).send()
    outbox.settle_sent(row, now=now)
    return True


def _mail(row: NoticeDelivery) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    return EmailMessage(
        subject=row.title,
        body=f"{plain(row)}\n\n{RULE}\n{_foot()}\n",
        to=[row.user.email] if row.user else [],
        reply_to=[row.mail_reply_to] if row.mail_reply_to else None,
        headers=headers | dict(row.mail_headers),
    )


def _foot() -> str:
    address = f"{settings.SITE_URL}{reverse('notifications:preferences')}"
    return _("You choose what you are told here: %(address)s") % {"address": address}
