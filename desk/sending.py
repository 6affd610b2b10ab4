"""From a valid composer to a message, and on to where the agent wants to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from accounts.models import User
from core import options
from core.moments import day_time
from core.rendering import render_page, see_other, wants_fragment, with_flash
from desk.links import message_url, queue_url, ticket_url
from desk.message_forms import MessageForm
from desk.neighbours import NEXT, neighbour
from desk.picker import Expected, expected_text, picked_files
from desk.ticket_page import TicketPage, loaded_ticket
from tickets import actions
from tickets.actions import Planned
from tickets.actions.forwarding import Forward, NotForwardable, forward_message
from tickets.actions.messages import Answer
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.kept_files import chosen, files_of
from tickets.models import Draft, Message, ScheduledReply, Ticket


@dataclass(frozen=True)
class Posted:
    """What became of the form: a message, or a reply that waits for its time."""

    message: Message | None = None
    scheduled: ScheduledReply | None = None


@transaction.atomic
def posted(ticket: Ticket, form: MessageForm, *, user: User, now: datetime) -> Posted:
    """Write the message of a valid `form` whose files are stored.

    Raises StaleReply when the ticket moved on (N7), ValidationError when an action refuses.
    """
    content = _content(ticket, form, user)
    actor = Actor.of_user(user)
    if form.chosen_kind == Message.Kind.NOTE:
        return Posted(_note(ticket, form, content, actor=actor, now=now))
    if form.chosen_kind == Message.Kind.FORWARD:
        return Posted(_forward(ticket, form, content, actor=actor, now=now))
    answer = _answer(form.cleaned_data, content)
    expected = expected_text(form.cleaned_data, ticket, user, now=now)
    if form.cleaned_data["leaves_at"]:
        planned = _planned(form.cleaned_data, answer, expected)
        return Posted(None, actions.schedule_reply(ticket, planned=planned, author=user, now=now))
    message = actions.reply(ticket, answer=answer, actor=actor, now=now)
    expected.remember(message, now=now)
    if due_at := form.cleaned_data["promise_due"]:
        actions.make_promise(ticket, due_at=due_at, actor=actor, now=now, message=message)
    if until := form.cleaned_data["rests_until"]:
        reason = form.cleaned_data["hold_reason"]
        actions.snooze_ticket(ticket, until=until, actor=actor, now=now, reason=reason)
    return Posted(message)


def after_sending(request: HttpRequest, page: TicketPage, done: Posted) -> HttpResponse:
    """Stay, go on, or go back, as the agent prefers (screens.md 1.5); notes always stay."""
    words = _words(done, page.now)
    onward = _onward(request, page) if _leaves(done) else ""
    if onward:
        messages.success(request, words, extra_tags=_undo_url(page.ticket, done))
        return see_other(request, onward)
    number = page.ticket.number
    if not wants_fragment(request):
        messages.success(request, words)
        anchor = f"#message-{done.message.pk}" if done.message else "#waiting"
        return see_other(request, ticket_url(number, view=page.view.slug) + anchor)
    fresh = TicketPage(request, loaded_ticket(request, number), now=page.now)
    response = render_page(request, "desk/ticket.html", {"page": fresh}, fragment="composer")
    trigger_client_event(response, "hd:ticket-changed", {"number": number}, after="settle")
    return with_flash(response, words)


def _content(ticket: Ticket, form: MessageForm, user: User) -> Content:
    """The text, the files just chosen, and those that came back with the draft and were left."""
    said = form.cleaned_data
    kept: list[dict[str, Any]] = []
    if digests := form.kept_digests():
        draft = Draft.objects.filter(ticket=ticket, user=user, kind=form.chosen_kind).first()
        kept = chosen(draft.files, digests) if draft else []
    files = (*files_of(kept), *picked_files(said, user), *said["attachments"])
    return Content(text=said["text"], is_markdown=True, files=files)


def _answer(said: dict[str, Any], content: Content) -> Answer:
    return Answer(
        content=content,
        recipients=Recipients(to=said["to"], cc=said["cc"], bcc=said["bcc"]),
        seen=said["last_seen_message_id"],
        after=said["status_after"],
    )


def _planned(said: dict[str, Any], answer: Answer, expected: Expected) -> Planned:
    """A reply sent later counts its texts and makes its promise when it is sent."""
    return Planned(
        answer=answer,
        due_at=said["leaves_at"],
        predefined=tuple(reply.pk for reply in expected.replies),
        changed_share=expected.share_of(answer.content.text),
        promise_due_at=said["promise_due"],
    )


def _note(
    ticket: Ticket, form: MessageForm, content: Content, *, actor: Actor, now: datetime
) -> Message:
    note = actions.add_note(ticket, content=content, actor=actor, now=now)
    if named := form.cleaned_data["mentioned"]:
        users = User.objects.select_related("role").filter(pk__in=named)
        actions.mention_people(note, users=users, actor=actor, now=now)
    return note


def _forward(
    ticket: Ticket, form: MessageForm, content: Content, *, actor: Actor, now: datetime
) -> Message:
    said = form.cleaned_data
    source = ticket.messages.filter(pk=said["source"]).first() if said["source"] else None
    lines = Recipients(to=said["forward_to"], cc=said["forward_cc"])
    forward = Forward(content=content, recipients=lines, source=source)
    try:
        return forward_message(ticket, forward=forward, actor=actor, now=now)
    except NotForwardable as refusal:
        raise ValidationError(_("This message must stay in the house.")) from refusal


def _leaves(done: Posted) -> bool:
    """Whether the customer's turn is over: a reply was sent or planned."""
    return done.message is None or done.message.kind == Message.Kind.REPLY


def _words(done: Posted, now: datetime) -> str:
    if done.scheduled is not None:
        due = day_time(done.scheduled.due_at, now=now)
        return _("The reply will be sent: %(time)s.") % {"time": due}
    kind = done.message.kind if done.message else ""
    return {
        Message.Kind.NOTE.value: _("Note added."),
        Message.Kind.FORWARD.value: _("Forwarded."),
    }.get(kind) or _("Reply sent.")


def _undo_url(ticket: Ticket, done: Posted) -> str:
    """The agent is elsewhere when the toast shows: it carries the way back (N18)."""
    message = done.message
    queued = message is not None and message.delivery_state == Message.DeliveryState.QUEUED
    if message is None or not queued or not options.value("tickets.undo_seconds"):
        return ""
    return message_url(ticket.number, message.pk, part="withdrawal")


def _onward(request: HttpRequest, page: TicketPage) -> str:
    """Where the agent goes after a reply; empty to stay."""
    view, wish = page.view, request.POST.get("after_send") or page.user.after_send
    if wish == User.AfterSend.LIST:
        return queue_url(view=view.slug)
    if wish == User.AfterSend.NEXT:
        number = neighbour(page.ticket, view=view, step=NEXT, user=page.user, now=page.now)
        return ticket_url(number, view=view.slug) if number else queue_url(view=view.slug)
    return ""
