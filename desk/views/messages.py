"""What agents write: replies, notes, drafts; and what becomes of one message."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock, submissions
from core.keyset import to_number
from core.outbox import NotRedrivable
from core.rendering import render_page, see_other
from core.submissions import idempotent
from desk.access import message_or_404, reader, ticket_or_404
from desk.answers import changed, refused
from desk.forms import DraftForm, MessageForm
from desk.links import ticket_url
from desk.presence import be_typing
from desk.sending import after_sending, posted
from desk.ticket_page import TicketPage, loaded_ticket
from mailpipe.actions.outgoing import AlreadyLeft, send_again, undo_reply
from mailpipe.models import OutgoingMail
from tickets import actions
from tickets.actions import StaleReply
from tickets.actors import Actor
from tickets.uploads import has_room


@require_POST
@idempotent
def ticket_messages(request: HttpRequest, number: int) -> HttpResponse:
    """Post a reply or a note; a refused one comes back with its text and the reason (N7)."""
    page = TicketPage(request, loaded_ticket(request, number), now=clock.now())
    form = MessageForm(request.POST, request.FILES, ticket=page.ticket)
    page.form, status = form, HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid() and has_room(form):
        try:
            message = posted(page.ticket, form, user=page.user, now=page.now)
        except StaleReply as stale:
            page.news, status = stale.news, HTTPStatus.CONFLICT
        else:
            return after_sending(request, page, message)
    return render_page(
        request, "desk/ticket.html", {"page": page}, fragment="composer", status=status
    )


@require_POST
def ticket_draft(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is typed; a form that was sent can't bring its text back."""
    ticket, user, now = ticket_or_404(request, number), reader(request), clock.now()
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if submissions.was_used(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    be_typing(ticket, user)
    actions.save_draft(ticket, user=user, revision=to_number(now), now=now, **form.cleaned_data)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
def message_withdrawal(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take a reply back that has not left; its text becomes the draft again (N18)."""
    message = message_or_404(request, number, pk)
    try:
        undo_reply(message, actor=Actor.of_user(reader(request)), now=clock.now())
    except AlreadyLeft:
        return refused(request, message.ticket, _("Too late: this reply has left already."))
    messages.success(request, _("Taken back. Its text is in the composer."))
    return see_other(request, ticket_url(number))


@require_POST
def message_delivery(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Send a reply again that could not be delivered."""
    message = message_or_404(request, number, pk)
    row = get_object_or_404(OutgoingMail, message=message)
    try:
        send_again(row, actor=Actor.of_user(reader(request)), now=clock.now())
    except NotRedrivable:
        return refused(request, message.ticket, _("This mail is on its way or has arrived."))
    return changed(request, message.ticket, _("It is sent again."))


@require_POST
def message_approval(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Let a held message through: the customer sees it, the ticket moves on (X-03)."""
    message = message_or_404(request, number, pk)
    actions.release_message(message, actor=Actor.of_user(reader(request)), now=clock.now())
    return changed(request, message.ticket, _("Approved."))
