"""What agents write: replies, notes, forwards, drafts, and replies that wait for their time."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock, submissions
from core.keyset import to_number
from core.rendering import render_page, see_other, wants_fragment
from core.submissions import idempotent
from desk.access import reader, ticket_or_404, ticket_to_write_in
from desk.answers import changed, refused
from desk.composer import previewed, sharing_of
from desk.links import ticket_url
from desk.message_forms import DraftForm, MessageForm
from desk.presence import be_typing
from desk.sending import after_sending, posted
from desk.ticket_page import TicketPage, loaded_ticket
from tickets import actions
from tickets.actions import StaleReply
from tickets.actors import Actor
from tickets.models import ScheduledReply, Ticket
from tickets.uploads import has_room


@require_POST
@idempotent
def ticket_messages(request: HttpRequest, number: int) -> HttpResponse:
    """Post a message; a refused one comes back with its text and the reason (N7)."""
    page = TicketPage(request, ticket_to_write_in(request, number), now=clock.now())
    form = MessageForm(request.POST, request.FILES, ticket=page.ticket, now=page.now)
    page.form, status = form, HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid() and has_room(form):
        try:
            return after_sending(
                request, page, posted(page.ticket, form, user=page.user, now=page.now)
            )
        except StaleReply as stale:
            page.news, status = stale.news, HTTPStatus.CONFLICT
        except ValidationError as refusal:
            form.add_error(None, refusal)
    page.ticket = loaded_ticket(request, number)
    return _composer(request, page, status=status)


@require_POST
def ticket_draft(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is typed; a form that was sent can't bring its text back."""
    ticket, form = ticket_or_404(request, number), DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    be_typing(ticket, reader(request))
    _keep(request, ticket, form, now=clock.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
def draft_sharing(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is typed, and let colleagues read it, or no longer."""
    ticket, form, now = ticket_or_404(request, number), DraftForm(request.POST), clock.now()
    if not form.is_valid():
        return refused(request, ticket, _("The draft could not be shared."))
    _keep(request, ticket, form, now=now)
    kind, shared = form.cleaned_data["kind"], request.POST.get("shared", "")
    draft = actions.share_draft(ticket, user=reader(request), kind=kind, shared=shared, now=now)
    if not wants_fragment(request):
        return see_other(request, f"{ticket_url(number, kind=kind)}#composer")
    base = f"{ticket_url(number)}/draft/sharing"
    composer = {"sharing": sharing_of(shared=draft.is_shared), "sharing_url": base}
    return render_page(
        request, "desk/composer_foot.html", {"composer": composer}, fragment="sharing"
    )


@require_POST
def draft_takeover(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """A colleague's shared draft moves into one's own composer."""
    ticket, user = ticket_or_404(request, number), reader(request)
    draft = get_object_or_404(ticket.drafts.filter(is_shared=True).exclude(user=user), pk=pk)
    taken = actions.take_over_draft(draft, user=user, now=clock.now())
    if taken is None:
        return refused(request, ticket, _("This draft is not there any more."))
    messages.success(request, _("Its text is in your composer."))
    return see_other(request, f"{ticket_url(number, kind=taken.kind)}#composer")


@require_POST
def message_preview(request: HttpRequest, number: int) -> HttpResponse:
    """The text as it will be read; without scripts the page comes back with it."""
    text, kind = request.POST.get("text", ""), request.POST.get("kind", "")
    if wants_fragment(request):
        ticket = ticket_or_404(request, number)
        return HttpResponse(previewed(text, ticket, reader(request), kind=kind))
    page = TicketPage(request, loaded_ticket(request, number), now=clock.now())
    page.form = MessageForm(request.POST, ticket=page.ticket, now=page.now)
    page.preview = previewed(text, page.ticket, page.user, kind=kind)
    return render_page(request, "desk/ticket.html", {"page": page})


@require_POST
def scheduled_edition(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Back into the composer of its author."""
    row, now = _own_scheduled(request, number, pk), clock.now()
    if actions.cancel_scheduled(row, actor=Actor.of_user(reader(request)), now=now) is None:
        return refused(request, row.ticket, _("Too late: this reply was sent or called off."))
    messages.success(request, _("It is not sent. Its text is in the composer."))
    return see_other(request, f"{ticket_url(number, kind='reply')}#composer")


@require_POST
def scheduled_dispatch(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Send it now instead of later."""
    row = _own_scheduled(request, number, pk)
    was_waiting = row.state == ScheduledReply.State.WAITING
    if actions.send_scheduled(row, now=clock.now()) is not None:
        return changed(request, row.ticket, _("Reply sent."))
    row.refresh_from_db(fields=["reason", "state"])
    if was_waiting and row.reason:
        words = _("Not sent, its text is in the composer. %(reason)s") % {"reason": row.reason}
        return refused(request, row.ticket, words)
    return refused(request, row.ticket, _("Too late: this reply was sent or called off."))


@require_POST
def scheduled_removal(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Call it off; its text stays a draft of its author."""
    row, now = _scheduled(request, number, pk), clock.now()
    if actions.cancel_scheduled(row, actor=Actor.of_user(reader(request)), now=now) is None:
        return refused(request, row.ticket, _("Too late: this reply was sent or called off."))
    return changed(request, row.ticket, _("Called off. Its text is kept as a draft."))


def _composer(request: HttpRequest, page: TicketPage, *, status: int) -> HttpResponse:
    context = {"page": page}
    return render_page(request, "desk/ticket.html", context, fragment="composer", status=status)


def _keep(request: HttpRequest, ticket: Ticket, form: DraftForm, *, now: datetime) -> None:
    actions.save_draft(
        ticket,
        user=reader(request),
        typed=form.typed(),
        revision=to_number(now),
        now=now,
        was_sent=partial(submissions.was_used, request),
    )


def _scheduled(request: HttpRequest, number: int, pk: int) -> ScheduledReply:
    """One that belongs to a visible ticket, whatever became of it."""
    rows = ScheduledReply.objects.select_related("ticket", "author")
    return get_object_or_404(rows, pk=pk, ticket=ticket_or_404(request, number))


def _own_scheduled(request: HttpRequest, number: int, pk: int) -> ScheduledReply:
    row = _scheduled(request, number, pk)
    if row.author_id != reader(request).pk:
        raise Http404
    return row
