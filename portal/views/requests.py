"""A customer's requests: the list, a new one, one of them, solved, opened again."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.rendering import render_page, see_other, wants_fragment, with_event
from core.submissions import idempotent
from portal import limits
from portal.access import (
    customers_only,
    own_ticket_or_404,
    the_customer,
    ticket_or_404,
    visible_tickets,
)
from portal.answers import form_page, posted, refusal
from portal.forms import AnswerForm, RequestForm
from portal.request_page import TEMPLATE, RequestPage, page_of, shown
from portal.requests import listing, request_url, shares, wanted_of
from portal.topics import preset
from portal.writing import send_answer, send_request
from tickets.actions import close_ticket, reopen_ticket
from tickets.actors import Actor


@require_safe
@customers_only
def requests(request: HttpRequest) -> HttpResponse:
    """The list: mine or the company's, open or solved."""
    customer, wanted = the_customer(request), wanted_of(request.GET)
    page = listing(visible_tickets(request), customer, wanted, now=clock.now())
    context = {
        "listing": page,
        "wanted": wanted,
        "is_company": wanted.scope == "company",
        "is_solved": wanted.state == "solved",
        "company": customer.organisation if shares(customer) else None,
    }
    return render_page(request, "portal/requests.html", context, fragment="list")


@require_http_methods(["GET", "POST"])
@customers_only
@idempotent
def open_request(request: HttpRequest) -> HttpResponse:
    """A new request of somebody with an account (R8, R49)."""
    template, now = "portal/open_request.html", clock.now()
    form = RequestForm(*posted(request), initial=preset(request.GET))
    if request.method != "POST" or not form.is_valid():
        return form_page(request, template, form)
    customer = the_customer(request)
    allowed = limits.of_customer(customer)
    if refused := refusal(request, template, form, allowed=allowed, now=now):
        return refused
    ticket = send_request(customer, facts=form.facts(), now=now)
    limits.spend(allowed, now=now)
    number = f"#{ticket.number}"
    messages.success(request, _("We received your request %(number)s.") % {"number": number})
    return see_other(request, request_url(ticket.public_id))


@require_http_methods(["GET", "POST"])
@customers_only
@idempotent
def one_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One request, and the form that adds to it."""
    ticket, now = ticket_or_404(request, public_id), clock.now()
    form, page = AnswerForm(*posted(request)), page_of(request, ticket, now=now)
    into = ticket.merged_into if page.is_merged else None
    if into is not None and visible_tickets(request).filter(pk=into.pk).exists():
        return see_other(request, request_url(into.public_id))
    if request.method != "POST" or page.is_merged or not form.is_valid():
        return shown(request, page, form)
    return _answered(request, page, form)


@require_safe
@customers_only
def pulse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The conversation again when the reader has not seen all of it; 204 when they have."""
    page = page_of(request, ticket_or_404(request, public_id), now=clock.now())
    if not wants_fragment(request):
        return see_other(request, page.url)
    if page.conversation.mark == request.GET.get("mark"):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    response = render_page(request, "portal/news.html", {"page": page, "is_pulse": True})
    return with_event(response, "hd:say", value=_("There is something new."))


@require_POST
@customers_only
@idempotent
def closure(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """My problem is solved (R25)."""
    ticket = own_ticket_or_404(request, public_id)
    close_ticket(ticket, actor=Actor.of_customer(the_customer(request)), now=clock.now())
    messages.success(request, _("Thank you for telling us. It is closed."))
    return see_other(request, request_url(public_id))


@require_POST
@customers_only
@idempotent
def reopening(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It is not solved after all; past the window only a new request helps."""
    ticket, now = own_ticket_or_404(request, public_id), clock.now()
    page = page_of(request, ticket, now=now)
    if ticket.is_resolved and not page.may_reopen:
        page.error = _("This request has been closed for too long. Write below to open a new one.")
        return shown(request, page, AnswerForm(), status=HTTPStatus.CONFLICT)
    reopen_ticket(ticket, actor=Actor.of_customer(the_customer(request)), now=now)
    messages.success(request, _("We go on with it."))
    return see_other(request, request_url(public_id))


def _answered(request: HttpRequest, page: RequestPage, form: AnswerForm) -> HttpResponse:
    """A valid answer goes into the ticket, or into the one that takes its place."""
    customer, now = the_customer(request), page.now
    allowed = limits.of_answers(customer)
    context = {"page": page}
    if refused := refusal(request, TEMPLATE, form, allowed=allowed, now=now, context=context):
        return refused
    message = send_answer(
        page.ticket, customer=customer, email=customer.email, facts=form.cleaned_data, now=now
    )
    limits.spend(allowed, now=now)
    messages.success(request, _("Sent."))
    return see_other(request, request_url(message.conversation.public_id))
