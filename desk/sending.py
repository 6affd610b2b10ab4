"""From a valid composer to a message, and on to where the agent wants to be."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from accounts.models import User
from core.rendering import render_page, see_other, wants_fragment, with_flash
from desk.forms import MessageForm
from desk.links import queue_url, ticket_url
from desk.neighbours import NEXT, neighbour
from desk.ticket_page import TicketPage, loaded_ticket
from tickets.actions import add_note, reply
from tickets.actions.messages import Answer
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.models import Message, Ticket


def posted(ticket: Ticket, form: MessageForm, *, user: User, now: datetime) -> Message:
    """Write the message of a valid `form` whose files are stored.

    Raises StaleReply when the ticket moved on (N7).
    """
    said = form.cleaned_data
    content = Content(text=said["text"], is_markdown=True, files=said["attachments"])
    actor = Actor.of_user(user)
    if form.is_note:
        return add_note(ticket, content=content, actor=actor, now=now)
    answer = Answer(
        content=content,
        recipients=Recipients(to=said["to"], cc=said["cc"]),
        seen=said["last_seen_message_id"],
        after=said["status_after"],
    )
    return reply(ticket, answer=answer, actor=actor, now=now)


def after_sending(request: HttpRequest, page: TicketPage, message: Message) -> HttpResponse:
    """Stay, go on, or go back, as the agent prefers (screens.md 1.5); notes always stay."""
    words = _("Note added.") if message.is_note else _("Reply sent.")
    onward = "" if message.is_note else _onward(request, page)
    if onward:
        messages.success(request, words)
        return see_other(request, onward)
    number = page.ticket.number
    if not wants_fragment(request):
        messages.success(request, words)
        anchor = f"#message-{message.pk}"
        return see_other(request, ticket_url(number, view=page.view.slug) + anchor)
    fresh = TicketPage(request, loaded_ticket(request, number), now=page.now)
    response = render_page(request, "desk/ticket.html", {"page": fresh}, fragment="composer")
    trigger_client_event(response, "hd:ticket-changed", {"number": number}, after="settle")
    return with_flash(response, words)


def _onward(request: HttpRequest, page: TicketPage) -> str:
    """Where the agent goes after a reply; empty to stay."""
    view, wish = page.view, request.POST.get("after_send") or page.user.after_send
    if wish == User.AfterSend.LIST:
        return queue_url(view=view.slug)
    if wish == User.AfterSend.NEXT:
        number = neighbour(page.ticket, view=view, step=NEXT, user=page.user, now=page.now)
        return ticket_url(number, view=view.slug) if number else queue_url(view=view.slug)
    return ""
