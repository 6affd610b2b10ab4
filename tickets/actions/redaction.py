"""Taking words or files out of a ticket for good; that it was done, by whom and why, stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit, files
from core.events import emit
from core.markdown import render_markdown
from core.registries import referenced_digests
from core.sanitiser import SANITISER_VERSION, linkify
from core.text import excerpt
from tickets import attachment_text
from tickets.actions.record import lock_ticket, lock_tickets, record_event
from tickets.actions.redacted_copies import forget_reasons, forget_updates
from tickets.actors import Actor
from tickets.conversations import split_family
from tickets.events import MessageRedacted
from tickets.models import (
    Attachment,
    Draft,
    Event,
    Message,
    ScheduledReply,
    SearchDocument,
    Ticket,
)
from tickets.redacting import passages_of, tells, without_quotes

# Whoever puts the same bytes again has committed the row that names them by then.
GRACE = timedelta(minutes=10)
_BODY = ["text", "html", "quoted_text", "quoted_html", "sanitiser_version"]


@transaction.atomic
def redact_message(message: Message, *, reason: str, actor: Actor, now: datetime) -> Message:
    """Replace what a message says, drop its files, and give up what quotes it in the ticket.

    Also in tickets that were split from this one, or this one from them.

    The row stays with its author and time; nothing brings the words back. Emits MessageRedacted.
    """
    family = lock_tickets(split_family(message.ticket))
    ticket = family[message.ticket_id]
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.is_redacted:
        return message
    passages, notice = passages_of(message.text), _notice(ticket, actor, now)
    _fill(message, notice)
    message.redacted_at = now
    message.save(update_fields=[*_BODY, "redacted_at"])
    # The plan it was sent from is a second copy, in its author's own words.
    ScheduledReply.objects.filter(message=message).update(text=notice, files=[])
    rows = list(Attachment.objects.kept().filter(message=message))
    digests = {row.sha256 for row in rows}
    copies = Attachment.objects.kept().filter(message__source=message, sha256__in=digests)
    _blank([*rows, *copies], now)
    _take_from_unsent(family.values(), digests)
    told = _give_up_quotes(family.values(), message, passages, notice)
    relatives = list(family.values())
    forget_reasons(relatives, passages=passages)
    forget_updates(relatives, message=message, passages=passages, notice=notice)
    _record(message, told, reason=reason, what="message", actor=actor, now=now)
    for relative in family.values():
        _retell(relative, now)
    _announce(ticket, message, told, passages, digests, actor=actor, now=now)
    return message


@transaction.atomic
def redact_attachment(
    attachment: Attachment, *, reason: str, actor: Actor, now: datetime
) -> Attachment:
    """Drop a file wherever the ticket carries it; an empty row stays. Emits MessageRedacted."""
    ticket = lock_ticket(attachment.ticket)
    attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if attachment.redacted_at is not None:
        return attachment
    digest, message = attachment.sha256, attachment.message
    rows = list(Attachment.objects.kept().filter(ticket=ticket, sha256=digest))
    _blank(rows, now)
    _take_from_unsent([ticket], {digest})
    told = {row.message_id for row in rows}
    _record(message, told, reason=reason, what="file", actor=actor, now=now)
    _retell(ticket, now)
    _announce(ticket, message, told, frozenset(), {digest}, actor=actor, now=now)
    attachment.refresh_from_db()
    return attachment


def _notice(ticket: Ticket, actor: Actor, now: datetime) -> str:
    """What stands in place of the words, in the language of the customer, who reads it too."""
    with translation.override(ticket.customer.language or settings.LANGUAGE_CODE):
        day = date_format(timezone.localtime(now), "DATE_FORMAT")
        return _("Redacted by %(name)s on %(date)s.") % {"name": actor.name, "date": day}


def _fill(message: Message, notice: str) -> None:
    message.text, message.html = notice, linkify(notice)
    message.quoted_text = message.quoted_html = ""
    message.sanitiser_version = SANITISER_VERSION


def _blank(rows: Iterable[Attachment], now: datetime) -> None:
    """Name and type may tell as much as the bytes."""
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(
        sha256="", size=0, filename="", content_type="", content_id="", redacted_at=now
    )


def _give_up_quotes(
    tickets: Iterable[Ticket], message: Message, passages: frozenset[str], notice: str
) -> set[int]:
    """Drop from messages and drafts the quotations that repeat it; returns what was touched."""
    told = {message.pk}
    others = Message.objects.select_for_update().filter(ticket__in=tickets, redacted_at=None)
    for other in others.exclude(pk=message.pk):
        if _give_up(other, passages, notice):
            other.save(update_fields=_BODY)
            told.add(other.pk)
    for waiting in _unsent(tickets):
        if tells(waiting.text, passages):
            waiting.text = without_quotes(waiting.text, passages, notice=notice)
            waiting.save(update_fields=["text"])
    return told


def _take_from_unsent(tickets: Iterable[Ticket], digests: Collection[str]) -> None:
    for waiting in _unsent(tickets):
        left = [fact for fact in waiting.files if fact["sha256"] not in digests]
        if left != waiting.files:
            waiting.files = left
            waiting.save(update_fields=["files"])


def _unsent(tickets: Iterable[Ticket]) -> Iterator[Draft | ScheduledReply]:
    """What stands in composers, and what waited for its time, whatever became of it."""
    yield from Draft.objects.select_for_update().filter(ticket__in=tickets)
    yield from ScheduledReply.objects.select_for_update().filter(ticket__in=tickets)


def _give_up(message: Message, passages: frozenset[str], notice: str) -> bool:
    """Change the body of a message that quotes; False when it does not."""
    has_quote = bool(message.quoted_text) and tells(message.quoted_text, passages)
    if has_quote:
        message.quoted_text, message.quoted_html = notice, linkify(notice)
    text = message.text
    if message.is_by_staff and ">" in text and tells(text, passages):
        text = without_quotes(text, passages, notice=notice)
    if text != message.text:
        message.text, message.html = text, render_markdown(text)
    elif not has_quote:
        return False
    message.sanitiser_version = SANITISER_VERSION
    return True


def _retell(ticket: Ticket, now: datetime) -> None:
    """The lists show no line of it, and the search finds none."""
    SearchDocument.objects.filter(pk=ticket.pk).update(vector=None, is_stale=True)
    newest = ticket.messages.public().order_by("-pk").first()
    ticket.last_message_preview = excerpt(newest.text, 160) if newest else ""
    ticket.updated_at = now
    ticket.save(update_fields=["last_message_preview", "updated_at"])


def _record(
    message: Message, told: set[int], *, reason: str, what: str, actor: Actor, now: datetime
) -> None:
    """Who and why, here and in the audit log; never what it said."""
    ticket = message.ticket
    facts = {"reason": reason, "what": what}
    record_event(ticket, Event.Kind.REDACTED, actor=actor, now=now, message=message, **facts)
    after = {**facts, "ticket": ticket.number, "messages": len(told)}
    audit.record("redacted", message, actor=actor, after=after, now=now)


def _announce(  # noqa: PLR0913 -- what the upper floors must forget, too
    ticket: Ticket,
    message: Message,
    told: set[int],
    passages: frozenset[str],
    digests: set[str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    attachment_text.forget(digests)
    emit(
        MessageRedacted(
            ticket=ticket,
            message=message,
            actor=actor,
            now=now,
            passages=passages,
            touched=frozenset(told),
        )
    )
    transaction.on_commit(lambda: drop_files(digests, now=now))


def drop_files(digests: Iterable[str], *, now: datetime) -> None:
    """Delete those files that no row of any floor names any more."""
    unused = {digest for digest in digests if digest}
    for in_use in referenced_digests.entries():
        unused.difference_update(in_use())
    for digest in unused:
        files.drop(digest, unless_put_since=now - GRACE)
