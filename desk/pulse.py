"""What a ticket page does not know yet."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from desk.ticket_page import TicketPage, stamp_of


@dataclass(frozen=True)
class PageNews:
    """Whether the parts must reload, and what is said to those who do not see it."""

    is_changed: bool
    words: str


def news_of(page: TicketPage, known: QueryDict) -> PageNews | None:
    """What changed since the page's last pulse; None when nothing did."""
    ticket = page.ticket
    is_changed = known.get("stamp") != stamp_of(ticket)
    is_new = known.get("after") != str(ticket.last_message_id or 0)
    if not is_changed and not is_new and known.get("who") == page.presence.digest:
        return None
    words = ""
    if is_new and ticket.last_message_by == "customer":
        words = _("New message from %(name)s") % {"name": ticket.customer.display_name}
    return PageNews(is_changed=is_changed or is_new, words=words)
