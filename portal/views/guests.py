"""People without an account: a link to one request, and the contact form."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, rates
from core.rendering import render_page, see_other
from core.submissions import idempotent
from customers.actions import find_or_create_customer
from mailpipe.addresses import canonical
from portal.access import open_portal
from portal.conversation import conversation
from portal.forms import AnswerForm, PublicForm
from portal.writing import send_answer, send_request
from tickets.actions.guests import send_guest_link
from tickets.guests import find_guest_link, is_alive
from tickets.models import GuestLink
from tickets.models.ticket import Channel
from tickets.signing import signed_path

PER_NETWORK = 20
PER_ADDRESS = 5
PERIOD = timedelta(hours=1)
RECEIPT = "portal.receipt"
RECEIPT_SECONDS = 3600


@require_http_methods(["GET", "POST"])
@open_portal
@idempotent
def guest(request: HttpRequest, token: str) -> HttpResponseBase:
    """One request by its link: read and answer, nothing else (X-20)."""
    link, now = _link(token), clock.now()
    if not is_alive(link, now=now):
        return render_page(request, "portal/link_expired.html", {"token": token}, status=410)
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        author = find_or_create_customer(link.email, now=now)
        message = send_answer(
            link.ticket, customer=author, email=link.email, facts=form.cleaned_data, now=now
        )
        return see_other(request, f"{request.path}#m{message.pk}")
    facts = conversation(
        link.ticket,
        reader_email=link.email,
        now=now,
        address=lambda row: signed_path(row, str(link.pk)),
    )
    context = {"page": facts, "form": form, "is_guest": True}
    status = 422 if form.errors else 200
    return render_page(request, "portal/request.html", context, status=status)


@require_POST
@open_portal
def guest_renewal(request: HttpRequest, token: str) -> HttpResponseBase:
    """Mail a fresh link to the address the old one belonged to."""
    link, now = _link(token), clock.now()
    if rates.hit(f"guest-link:{link.email}", limit=PER_ADDRESS, per=PERIOD, now=now):
        send_guest_link(link, now=now)
    return render_page(request, "portal/link_sent.html", {})


@require_http_methods(["GET", "POST"])
@open_portal
@idempotent
def contact(request: HttpRequest) -> HttpResponseBase:
    """The contact form for everybody; it never tells whether an address is known (X-05)."""
    form = PublicForm(request.POST or None, request.FILES or None, initial=request.GET.dict())
    status = 200
    if request.method == "POST" and form.is_valid():
        if _may_send(request, form.cleaned_data["email"]):
            return _received(request, form)
        form.add_error(None, _("Too many requests from here. Please try again in an hour."))
        status = 429
    elif form.errors:
        status = 422
    context = {"form": form, "stamp": PublicForm.stamp()}
    return render_page(request, "portal/contact.html", context, status=status)


@require_safe
@open_portal
def received(request: HttpRequest, receipt: str) -> HttpResponseBase:
    """The number of a request that came in by the form."""
    try:
        number, email = signing.loads(receipt, salt=RECEIPT, max_age=RECEIPT_SECONDS)
    except signing.BadSignature as forged:
        raise Http404 from forged
    return render_page(request, "portal/received.html", {"number": number, "email": email})


def _received(request: HttpRequest, form: PublicForm) -> HttpResponseBase:
    facts, now = form.cleaned_data, clock.now()
    customer = find_or_create_customer(canonical(facts["email"]), name=facts["name"], now=now)
    ticket = send_request(customer, facts, channel=Channel.FORM, now=now)
    receipt = signing.dumps([ticket.number, facts["email"]], salt=RECEIPT)
    return see_other(request, reverse("portal:received", args=[receipt]))


def _may_send(request: HttpRequest, email: str) -> bool:
    now, network = clock.now(), str(getattr(request, "client_address", ""))
    by_network = rates.hit(f"form-network:{network}", limit=PER_NETWORK, per=PERIOD, now=now)
    by_address = rates.hit(f"form:{email.lower()}", limit=PER_ADDRESS, per=PERIOD, now=now)
    return by_network and by_address


def _link(token: str) -> GuestLink:
    link = find_guest_link(token)
    if link is None:
        raise Http404
    return link
