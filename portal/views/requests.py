"""A customer's requests: list, one, answer, solved, reopened, new."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from portal.access import customers_only, the_customer
from portal.conversation import conversation
from portal.forms import AnswerForm, RequestForm
from portal.requests import Wanted, listing, request_url, shares
from portal.writing import send_answer, send_request
from tickets.actions import close_ticket, reopen_ticket
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.models.ticket import Channel


@require_safe
@customers_only
def requests(request: HttpRequest) -> HttpResponseBase:
    """The list: mine or the organisation's, open or solved."""
    customer, wanted = the_customer(request), _wanted(request)
    page = listing(_me(request), customer, wanted)
    context = {"listing": page, "wanted": wanted, "shares": shares(customer)}
    return render_page(request, "portal/requests.html", context, fragment="list")


@require_http_methods(["GET", "POST"])
@customers_only
@idempotent
def open_request(request: HttpRequest) -> HttpResponseBase:
    """A new request."""
    form = RequestForm(request.POST or None, request.FILES or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        ticket = send_request(
            the_customer(request), form.cleaned_data, channel=Channel.PORTAL, now=clock.now()
        )
        return see_other(request, f"{request_url(ticket.public_id)}?sent=1")
    status = 422 if form.errors else 200
    return render_page(request, "portal/open_request.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@customers_only
@idempotent
def one_request(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """One request, and the form that adds to it."""
    ticket, customer, now = _ticket(request, public_id), the_customer(request), clock.now()
    if ticket.merged_into is not None:
        return see_other(request, request_url(ticket.merged_into.public_id))
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        message = send_answer(
            ticket, customer=customer, email=customer.email, facts=form.cleaned_data, now=now
        )
        return see_other(request, f"{request_url(message.ticket.public_id)}#m{message.pk}")
    facts = conversation(ticket, reader_email=customer.email, now=now)
    context = {"page": facts, "form": form, "is_sent": "sent" in request.GET}
    return render_page(request, "portal/request.html", context, status=422 if form.errors else 200)


@require_safe
@customers_only
def news(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The thread again when something was said since `after`; 204 when not."""
    ticket = _ticket(request, public_id)
    facts = conversation(ticket, reader_email=the_customer(request).email, now=clock.now())
    if str(facts.last_id) == request.GET.get("after"):
        return HttpResponse(status=204)
    return render_page(request, "portal/request.html", {"page": facts}, fragment="thread")


@require_POST
@customers_only
@idempotent
def closure(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """My problem is solved (R25)."""
    ticket = _ticket(request, public_id)
    close_ticket(ticket, actor=Actor.of_customer(the_customer(request)), now=clock.now())
    return see_other(request, request_url(public_id))


@require_POST
@customers_only
@idempotent
def closure_removal(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """It is not solved after all; past the window the answer form opens a new request."""
    ticket, now = _ticket(request, public_id), clock.now()
    if conversation(ticket, reader_email="", now=now).may_reopen:
        reopen_ticket(ticket, actor=Actor.of_customer(the_customer(request)), now=now)
    return see_other(request, request_url(public_id))


def _ticket(request: HttpRequest, public_id: UUID) -> Ticket:
    visible = Ticket.objects.all().visible_to(_me(request))
    related = visible.select_related("status", "department", "merged_into")
    return get_object_or_404(related, public_id=public_id)


def _me(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET
    before = asked.get("before", "")
    return Wanted(
        scope="company" if asked.get("scope") == "company" else "mine",
        state=asked["state"] if asked.get("state") in {"open", "solved", "all"} else "open",
        words=asked.get("q", "").strip()[:100],
        before=int(before) if before.isdecimal() and len(before) < 19 else None,  # noqa: PLR2004 -- digits of a bigint
    )
