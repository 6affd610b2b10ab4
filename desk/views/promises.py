"""Promises on the ticket page: made, moved, kept by hand, withdrawn (N12)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.submissions import idempotent
from desk.access import reader, ticket_or_404
from desk.answers import changed, refused
from desk.promising import PromiseForm, step_of
from tickets import actions
from tickets.actors import Actor


@require_POST
@idempotent
def ticket_promises(request: HttpRequest, number: int) -> HttpResponse:
    """Promise something without a message, such as on the telephone."""
    ticket, actor = ticket_or_404(request, number), Actor.of_user(reader(request))
    form = PromiseForm(request.POST)
    if not form.is_valid():
        return refused(request, ticket, str(next(iter(form.errors.values()))[0]))
    try:
        actions.make_promise(ticket, actor=actor, now=clock.now(), **form.cleaned_data)
    except ValidationError as refusal:
        return refused(request, ticket, " ".join(refusal.messages))
    return changed(request, ticket, _("Promised."))


@require_POST
def promise_step(request: HttpRequest, number: int, pk: int, step: str) -> HttpResponse:
    """Move it, say that it was kept, or take it back; one that has ended stays."""
    ticket, actor = ticket_or_404(request, number), Actor.of_user(reader(request))
    promise = get_object_or_404(ticket.promises.select_related("ticket"), pk=pk)
    try:
        step_of(step)(promise, request.POST, actor=actor, now=clock.now())
    except ValidationError as refusal:
        return refused(request, ticket, " ".join(refusal.messages))
    return changed(request, ticket, _("Saved."))
