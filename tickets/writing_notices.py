"""What people are told about what they write: a mention, a scheduled reply that comes back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from notifications.actions import notify
from notifications.kinds import MAIL, NoticeKind, notice_kinds
from notifications.notices import Notice
from tickets.models import Message, ScheduledReply, Ticket

MENTION, GIVEN_BACK = "ticket.mention", "ticket.scheduled"


def tell_mentioned(message: Message, users: Iterable[User], *, now: datetime) -> None:
    """Colleagues hear that a note names them; its text stays on the ticket (X-37)."""
    title = _("%(name)s mentioned you: #%(number)s %(subject)s")
    for user in users:
        words = _titled(title, message.ticket, user, name=message.author_name)
        notice = _notice(MENTION, words, message.ticket)
        notify([user], notice, key=f"mention:{message.pk}", now=now)


def tell_given_back(row: ScheduledReply, *, now: datetime) -> None:
    """The author hears that a scheduled reply was not sent, if they may still see the ticket."""
    if not Ticket.objects.visible_to(row.author).filter(pk=row.ticket_id).exists():
        return
    words = _titled(
        _("Not sent, its text is a draft: #%(number)s %(subject)s"), row.ticket, row.author
    )
    notice = _notice(GIVEN_BACK, words, row.ticket, body=row.reason)
    notify([row.author], notice, key=f"scheduled:{row.pk}", now=now)


def _titled(title: Any, ticket: Ticket, user: User, **words: str) -> str:
    """In the language of the one who gets it."""
    with override(user.language or None):
        return str(title) % {"number": ticket.number, "subject": ticket.subject, **words}


def _notice(kind: str, title: str, ticket: Ticket, *, body: str = "") -> Notice:
    return Notice(
        kind=kind,
        title=title,
        body=body,
        url=reverse("desk:ticket", args=[ticket.number]),
        about=f"ticket:{ticket.pk}",
    )


notice_kinds.register(MENTION, NoticeKind(MENTION, _("Mentions"), (MAIL,), _("Tickets")))
notice_kinds.register(
    GIVEN_BACK, NoticeKind(GIVEN_BACK, _("Scheduled replies"), (MAIL,), _("Tickets"))
)
