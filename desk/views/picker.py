"""Predefined replies on the ticket page: the list of the picker, and one of them filled in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.keyset import to_number
from core.rendering import render_page, see_other, wants_fragment
from core.submissions import idempotent
from desk.access import reader, ticket_or_404
from desk.answers import changed
from desk.links import ticket_url
from desk.message_forms import DraftForm
from desk.picker import REPLIES, files_of, insertion_of, options_of
from desk.promising import chosen_promise
from tickets import actions
from tickets.actions.drafts import restore_draft
from tickets.kept_files import facts_of
from tickets.models import Draft
from tickets.predefined import Filled, filled, usable


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_replies(request: HttpRequest, number: int) -> HttpResponse:
    """What fits the typed word; a POST without a script keeps what stands in the composer first."""
    ticket, user, now = ticket_or_404(request, number), reader(request), clock.now()
    if request.method == "POST":
        form = DraftForm(request.POST)
        if form.is_valid():
            revision = to_number(now)
            actions.save_draft(ticket, user=user, typed=form.typed(), revision=revision, now=now)
        return see_other(request, f"{ticket_url(number)}/replies")
    tab, query = request.GET.get("tab", REPLIES), request.GET.get("q", "")
    options = options_of(ticket, user, tab=tab, query=query, now=now)
    return render_page(request, "desk/replies.html", {"page": options}, fragment="options")


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_reply(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """One reply with the ticket's values in it; a POST puts it into the composer."""
    told = _told(request, number, pk)
    if request.method != "POST":
        return JsonResponse(insertion_of(told))
    ticket, user, now = ticket_or_404(request, number), reader(request), clock.now()
    back = Draft(
        kind="reply",
        text=told.text,
        files=facts_of(files_of(told.reply)),
        predefined=[told.reply.pk],
    )
    restore_draft(ticket, user=user, back=back, now=now)
    if wants_fragment(request):
        return changed(request, ticket, _("The text is in the composer."))
    messages.success(request, _("The text is in the composer."))
    return see_other(request, f"{ticket_url(number, kind='reply', picked=str(pk))}#composer")


def _told(request: HttpRequest, number: int, pk: int) -> Filled:
    ticket, user = ticket_or_404(request, number), reader(request)
    found = [reply for reply in usable(user, [pk]) if reply.fits(ticket.department_id)]
    if not found:
        raise Http404
    promised_at = chosen_promise(request.GET.get("promise_at", ""))
    return filled(found[0], ticket, user, now=clock.now(), promised_at=promised_at)
