"""Changes of a ticket by its head and its side panel."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.rendering import render_page, see_other
from desk.access import reader, ticket_or_404, visible_tickets
from desk.answers import changed, emptied, refused
from desk.forms import PROPERTY_FORMS, FollowerForm, LinkForm, PropertyForm, TagsForm
from desk.links import ticket_url
from tickets import actions
from tickets.actions.followers import NewFollower
from tickets.actors import Actor
from tickets.incidents import parts_of
from tickets.models import Ticket, TicketLink
from tickets.permissions import may_delete
from tickets.search import ticket_number


@require_POST
def ticket_property(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Set one property of the head."""
    ticket, actor = ticket_or_404(request, number), Actor.of_user(reader(request))
    form = PROPERTY_FORMS[name](request.POST, ticket=ticket)
    if not form.is_valid():
        return refused(request, ticket, _first_error(form))
    try:
        actions.change_ticket(ticket, changes=form.changes(), actor=actor, now=clock.now())
    except ValidationError as refusal:
        return refused(request, ticket, " ".join(refusal.messages))
    return changed(request, ticket, _("Saved."))


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_text(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """The page that changes subject or customer, each by its own form, or the subject's alone."""
    ticket = ticket_or_404(request, number)
    forms = {key: _text_form(request, ticket, key, posted=name) for key in ("subject", "requester")}
    form = forms[name]
    if form.is_bound and form.is_valid():
        return emptied(request, ticket_property(request, number, name=name))
    view = request.POST.get("view") or request.GET.get("view", "")
    context = {"ticket": ticket, "base_url": ticket_url(number), "view": view, "form": forms}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render_page(
        request, "desk/ticket_texts.html", context, fragment="subject", status=status
    )


def _text_form(request: HttpRequest, ticket: Ticket, name: str, *, posted: str) -> PropertyForm:
    """What stands there, or what was typed into this one of the forms."""
    data = request.POST if request.method == "POST" and name == posted else None
    initial = {"subject": ticket.subject, "email": ticket.customer.email}
    return PROPERTY_FORMS[name](data, ticket=ticket, initial=initial)


@require_POST
def ticket_lifecycle(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Close, reopen, mark as spam or not; each twice is once. With open parts it asks first."""
    ticket, parts = ticket_or_404(request, number), request.POST.get("parts", "")
    if step == "close" and not parts and parts_of(ticket).open().exists():
        return see_other(request, ticket_url(number, part="incident", closing="1"))
    close = actions.close_with_parts if parts == "all" else actions.close_ticket
    act, words = {
        "close": (close, _("Closed.")),
        "reopen": (actions.reopen_ticket, _("Reopened.")),
        "spam": (actions.mark_spam, _("Marked as spam.")),
        "no_spam": (actions.unmark_spam, _("Brought back from spam.")),
    }[step]
    try:
        act(ticket, actor=Actor.of_user(reader(request)), now=clock.now())
    except ValidationError as refusal:
        return refused(request, ticket, " ".join(refusal.messages))
    return changed(request, ticket, words)


@require_POST
def ticket_deletion(request: HttpRequest, number: int) -> HttpResponse:
    """Hide the ticket from everybody."""
    ticket = ticket_or_404(request, number)
    if not may_delete(reader(request), ticket):
        return refused(request, ticket, _("Your role does not allow to delete tickets."))
    actions.delete_ticket(ticket, actor=Actor.of_user(reader(request)), now=clock.now())
    return changed(request, ticket, _("Deleted."))


@require_POST
def ticket_tags(request: HttpRequest, number: int) -> HttpResponse:
    """Make the given words the ticket's tags."""
    ticket, form = ticket_or_404(request, number), TagsForm(request.POST)
    if not form.is_valid():
        return refused(request, ticket, _first_error(form))
    actor = Actor.of_user(reader(request))
    actions.set_tags(ticket, names=form.cleaned_data["tags"], actor=actor, now=clock.now())
    return changed(request, ticket, _("Tags saved."))


@require_POST
def ticket_followers(request: HttpRequest, number: int) -> HttpResponse:
    """Add an address that gets the public replies."""
    ticket, form = ticket_or_404(request, number), FollowerForm(request.POST)
    if not form.is_valid():
        return refused(request, ticket, _first_error(form))
    new = NewFollower(email=form.cleaned_data["email"].lower())
    actor = Actor.of_user(reader(request))
    actions.add_followers(ticket, followers=[new], actor=actor, now=clock.now())
    return changed(request, ticket, _("Follower added."))


@require_POST
def follower_removal(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Stop telling this address."""
    ticket = ticket_or_404(request, number)
    follower = get_object_or_404(ticket.followers, pk=pk)
    actions.remove_follower(follower, actor=Actor.of_user(reader(request)), now=clock.now())
    return changed(request, ticket, _("Follower removed."))


@require_POST
def ticket_links(request: HttpRequest, number: int) -> HttpResponse:
    """Link to another ticket the reader may see; missing and foreign ones answer alike (X-28)."""
    ticket, form = ticket_or_404(request, number), LinkForm(request.POST)
    wanted = ticket_number(form.cleaned_data["number"]) if form.is_valid() else None
    others = visible_tickets(request).exclude(pk=ticket.pk)
    target = others.filter(number=wanted).first() if wanted else None
    if target is None:
        return refused(request, ticket, _("There is no such ticket."))
    actor, kind = Actor.of_user(reader(request)), TicketLink.Kind.MENTIONS
    actions.link_tickets(ticket, target=target, kind=kind, actor=actor, now=clock.now())
    return changed(request, ticket, _("Linked."))


def _first_error(form: Form) -> str:
    """The first complaint of a refused form."""
    return str(next(iter(form.errors.values()))[0])
