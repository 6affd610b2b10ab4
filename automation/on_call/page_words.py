"""What is said when somebody is paged; never text of notes (X-37)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from automation.models import Milestone, OnCallRole, Page
from notifications.notices import Notice
from tickets.models import Ticket

PAGED, MISSED = "page", "milestone_missed"


def page_url(row: Page) -> str:
    """Where a page is read and acknowledged."""
    return reverse("on_call:page", args=[row.pk])


def notice_of(row: Page, *, role: OnCallRole | None = None) -> Notice:
    """The call: what, for which ticket, and where to acknowledge it."""
    minutes = row.schedule.acknowledge_minutes
    words = _(
        "Acknowledge by the link or by answering OK to the text message within %(minutes)d"
        " minutes, or the next person is called."
    )
    return Notice(
        kind=PAGED,
        title=_title(row),
        body="\n".join([*([role.name] if role else []), words % {"minutes": minutes}]),
        url=page_url(row),
        about=f"page:{row.pk}",
        is_urgent=True,
    )


def exhausted_notice(row: Page) -> Notice:
    """Nobody who is on call answered."""
    return Notice(
        kind=PAGED,
        title=_("Nobody answered: %(title)s") % {"title": _title(row)},
        body=_("Everybody who is on call was paged. Please take over."),
        url=page_url(row),
        about=f"page:{row.pk}",
        is_urgent=True,
    )


def missed_notice(row: Milestone) -> Notice:
    """A milestone was not reached in time."""
    ticket = row.ticket
    return Notice(
        kind=MISSED,
        title=_("Missed: %(label)s (#%(number)d %(subject)s)")
        % {"label": row.label, "number": ticket.number, "subject": ticket.subject},
        url=ticket_url(ticket),
        about=f"ticket:{ticket.pk}",
        is_urgent=True,
    )


def ticket_url(ticket: Ticket) -> str:
    """The page of a ticket on the desk, an upper floor."""
    return reverse("desk:ticket", args=[ticket.number])


def _title(row: Page) -> str:
    if row.ticket is None:
        return _("Page: %(cause)s") % {"cause": row.cause}
    return _("Page: %(cause)s (#%(number)d %(subject)s)") % {
        "cause": row.cause,
        "number": row.ticket.number,
        "subject": row.ticket.subject,
    }
