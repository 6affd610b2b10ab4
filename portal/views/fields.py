"""The company's own fields on the portal: in forms, and on an open request."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock, options
from core.access import ask_to_sign_in
from core.rendering import see_other
from core.submissions import idempotent
from portal.access import (
    customer_of,
    customers_only,
    open_portal,
    own_ticket_or_404,
    the_customer,
)
from portal.answers import form_page
from portal.custom_fields import EditableAnswers
from portal.forms import AnswerForm, ContactForm, RequestForm
from portal.request_page import page_of, shown
from tickets.actions import set_custom_values
from tickets.actors import Actor
from tickets.custom_fields.opening import names_of_several, typed_initial


@require_POST
@open_portal
def request_fields(request: HttpRequest) -> HttpResponseBase:
    """A form for another department or topic; nothing is checked, what was typed stays."""
    typed = typed_initial(request.POST, names_of_several())
    is_known = customer_of(request) is not None
    if not is_known and not options.value("portal.form_enabled"):
        return ask_to_sign_in(request)
    template = "portal/open_request.html" if is_known else "portal/contact.html"
    form = (RequestForm if is_known else ContactForm)(initial=typed)
    return form_page(request, template, form, fragment="own_fields")


@require_POST
@customers_only
@idempotent
def answers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Set right what may be set right; a refused form comes back as it was typed."""
    ticket, now = own_ticket_or_404(request, public_id), clock.now()
    page, form = page_of(request, ticket, now=now), EditableAnswers(request.POST, ticket=ticket)
    if page.answers and form.is_valid():
        actor = Actor.of_customer(the_customer(request))
        try:
            set_custom_values(ticket, values=form.changes(), actor=actor, now=now)
            messages.success(request, _("Saved."))
            return see_other(request, page.url)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    if page.answers:
        page.answers = form
    return shown(request, page, AnswerForm(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
