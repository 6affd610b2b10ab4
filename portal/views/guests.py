"""People without an account: a link to one request, and the contact form."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, options
from core.access import ask_to_sign_in
from core.rendering import render_page, see_other
from core.submissions import idempotent
from customers.actions import find_or_create_customer
from portal import limits
from portal.access import customer_of, open_portal
from portal.answers import form_page, posted, refusal
from portal.forms import AnswerForm, ContactForm, fresh_contact
from portal.guests import guest_door, while_alive
from portal.request_page import TEMPLATE, guest_page_of, shown
from portal.topics import preset
from portal.writing import send_answer, send_contact
from tickets.actions.guests import issue_guest_token, send_guest_link
from tickets.models import GuestLink

CONTACT = "portal/contact.html"
RECEIPT = "portal.receipt"


@require_http_methods(["GET", "POST"])
@open_portal
@guest_door
@while_alive
@idempotent
def guest(request: HttpRequest, link: GuestLink) -> HttpResponseBase:
    """One request by its link: read and answer, nothing else (X-20)."""
    now, form = clock.now(), AnswerForm(*posted(request))
    page = guest_page_of(request, link, now=now)
    if request.method != "POST" or page.is_merged or not form.is_valid():
        return shown(request, page, form)
    allowed = limits.of_guest_answers(link)
    context = {"page": page}
    if refused := refusal(request, TEMPLATE, form, allowed=allowed, now=now, context=context):
        return refused
    customer, facts = find_or_create_customer(link.email, now=now), form.cleaned_data
    ticket = send_answer(
        page.ticket, customer=customer, email=link.email, facts=facts, now=now
    ).conversation
    limits.spend(allowed, now=now)
    messages.success(request, _("Sent."))
    if ticket.pk == page.ticket.pk:
        return see_other(request, request.path)
    token = issue_guest_token(ticket, email=link.email, now=now)
    return see_other(request, reverse("portal:guest", args=[token]))


@require_POST
@open_portal
@guest_door
@idempotent
def guest_renewal(request: HttpRequest, link: GuestLink) -> HttpResponseBase:
    """Mail a fresh link to the mailbox the old one belonged to."""
    now = clock.now()
    if limits.of_fresh_links(link.email).spend(now=now):
        send_guest_link(link, now=now)
    messages.success(request, _("A new link is on its way to your mailbox."))
    return see_other(request, request.path.removesuffix("/renewal"))


@require_http_methods(["GET", "POST"])
@open_portal
@idempotent
def contact(request: HttpRequest) -> HttpResponseBase:
    """The contact form for everybody; it never tells whether an address is known (X-05, R58)."""
    now = clock.now()
    if not options.value("portal.form_enabled") and customer_of(request) is None:
        return ask_to_sign_in(request)
    if request.method != "POST":
        return _fresh_contact(request)
    form = ContactForm(request.POST, request.FILES)
    if not form.is_valid():
        return form_page(request, CONTACT, form)
    allowed = limits.of_form(request, form.cleaned_data["email"])
    if refused := refusal(request, CONTACT, form, allowed=allowed, now=now):
        return refused
    ticket = send_contact(facts=form.facts(), now=now)
    limits.spend(allowed, now=now)
    sealed = signing.dumps(ticket.number, salt=RECEIPT)
    return see_other(request, reverse("portal:receipt", args=[sealed]))


@require_safe
@open_portal
def receipt(request: HttpRequest, sealed: str) -> HttpResponseBase:
    """What we received, by its number; nothing else is told to whoever has the address."""
    try:
        number = signing.loads(sealed, salt=RECEIPT)
    except signing.BadSignature as refusal:
        raise Http404 from refusal
    return render_page(request, "portal/receipt.html", {"number": f"#{number}"})


def _fresh_contact(request: HttpRequest) -> HttpResponseBase:
    """The empty form; customers with an account need not say who they are (3.3.7)."""
    if customer_of(request) is not None:
        query = request.GET.urlencode()
        return redirect(reverse("portal:open_request") + (f"?{query}" if query else ""))
    return form_page(request, CONTACT, fresh_contact(clock.now(), preset(request.GET)))
