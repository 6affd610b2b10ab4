"""Merging: the page, taking it back, and what looks like a duplicate."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.rendering import render_page, see_other, wants_fragment
from core.submissions import idempotent
from desk.access import reader, ticket_or_404
from desk.answers import changed, refused
from desk.links import ticket_url
from desk.merging import merge_page, mergeable, tried
from tickets import actions
from tickets.actors import Actor
from tickets.duplicates import likely_duplicates, likely_incident
from tickets.models import Merge, Ticket
from tickets.search import ticket_number


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_merge(request: HttpRequest, number: int) -> HttpResponse:
    """Search, preview, merge; a refusal keeps the preview."""
    ticket, now, user = ticket_or_404(request, number), clock.now(), reader(request)
    other, trouble = _other(request, ticket), ""
    if request.method == "POST" and other is not None:
        primary, merged = _chosen(request, ticket, other)
        trouble = tried(primary, merged, user=user, now=now)
        if not trouble:
            words = _("#%(number)s is part of this ticket now.") % {"number": merged.number}
            messages.success(request, words)
            return see_other(request, ticket_url(primary.number))
    text = request.GET.get("q", "")
    page = merge_page(ticket, user=user, now=now, text=text, other=other, trouble=trouble)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render_page(request, "desk/merge.html", {"page": page}, fragment="found", status=status)


@require_POST
@idempotent
def merge_removal(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take a merge into this ticket back."""
    ticket = ticket_or_404(request, number)
    merge = get_object_or_404(Merge.objects.standing(), pk=pk, merged__merged_into=ticket)
    try:
        parted = actions.unmerge_ticket(
            merge, actor=Actor.of_user(reader(request)), now=clock.now()
        )
    except ValidationError as refusal:
        return refused(request, ticket, " ".join(refusal.messages))
    words = _("#%(number)s stands for itself again.") % {"number": parted.number}
    return changed(request, ticket, words)


@require_safe
def ticket_duplicates(request: HttpRequest, number: int) -> HttpResponse:
    """A line about the ticket that looks like this one, or the incident it may be part of."""
    ticket, user = ticket_or_404(request, number), reader(request)
    found = likely_duplicates(ticket, user=user)
    incident = None if found else likely_incident(ticket, user=user)
    context = {
        "number": number,
        "back_url": ticket_url(number),
        "dismissal_url": ticket_url(number, part="duplicates/removal"),
        "duplicate": found[0] if found else None,
        "merge_url": ticket_url(number, part="merge", **{"with": str(found[0].number)})
        if found
        else "",
        "incident": incident,
        "parts_url": ticket_url(incident.number, part="parts") if incident else "",
        "is_alone": not found and incident is None and not wants_fragment(request),
    }
    return render_page(request, "desk/duplicates.html", context, fragment="banner")


@require_POST
def duplicate_removal(request: HttpRequest, number: int) -> HttpResponse:
    """These two are no duplicates."""
    ticket = ticket_or_404(request, number)
    other = _other(request, ticket)
    if other is None:
        raise Http404
    now, actor = clock.now(), Actor.of_user(reader(request))
    actions.tell_apart(ticket, other=other, actor=actor, now=now)
    return changed(request, ticket, _("Understood: no duplicate."))


def _other(request: HttpRequest, ticket: Ticket) -> Ticket | None:
    """The ticket named by `with`, as far as the reader may see it; missing ones look the same."""
    asked = request.POST if request.method == "POST" else request.GET
    wanted = ticket_number(asked.get("with", ""))
    if wanted is None:
        return None
    return get_object_or_404(mergeable(reader(request), ticket), number=wanted)


def _chosen(request: HttpRequest, ticket: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Which one stays, and which becomes part of it."""
    if request.POST.get("stays") == str(other.number):
        return other, ticket
    return ticket, other
