"""Records of other systems on the ticket page: the card, and asking anew."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from core import clock
from core.rendering import render_page, see_other, wants_fragment
from customers import actions
from desk.access import reader, ticket_or_404
from desk.cards.records import CARD
from desk.links import ticket_url


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_records(request: HttpRequest, number: int) -> HttpResponse:
    """The card as it is now; a POST lets a worker ask, and nobody waits for the answer."""
    ticket, now = ticket_or_404(request, number), clock.now()
    base_url = ticket_url(number)
    if request.method == "POST":
        actions.order_lookups(ticket.customer, now=now)
    if not wants_fragment(request):
        return see_other(request, base_url)
    card = CARD.build(ticket, reader(request), now)
    return render_page(request, CARD.template, {"card": card, "base_url": base_url})
