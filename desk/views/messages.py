"""What becomes of one message: taken back, sent again, approved."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.outbox import NotRedrivable
from core.rendering import see_other
from desk.access import message_or_404, reader
from desk.answers import changed, refused
from desk.links import ticket_url
from mailpipe.actions.outgoing import AlreadyLeft, send_again, undo_reply
from mailpipe.models import OutgoingMail
from tickets import actions
from tickets.actors import Actor


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
