"""One line of the activity for each row: an event, a mail, a missed deadline, an audit entry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import ui
from core.models import AuditEntry
from core.registries import audit_labels
from core.text import excerpt
from desk.history import icon_of, sentences_of, who_did
from desk.links import permalink, ticket_url
from mailpipe.models import InboundMail, OutgoingMail
from sla.durations import metric_name
from sla.models import SlaClock
from tickets.models import Attachment, Event, Ticket
from tickets.models.ticket import Channel

LENGTH = 240
Kind = Event.Kind


@dataclass(frozen=True)
class Line:
    """What happened in one or more sentences, some words of it, and where to look."""

    icon: SafeString
    sentences: list[SafeString]
    words: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True)
class Reader:
    """For whom the lines are: on which ticket, and whether mail may be looked into."""

    ticket: Ticket
    may_inspect: bool


Lines = Mapping[tuple[int, int], Line]
Source = Callable[[Collection[int], Reader], dict[int, Line]]


def lines_of(rows: Iterable[tuple[datetime, int, int]], reader: Reader) -> Lines:
    """The lines of a page by source and key; each source is read in one go."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for _moment, source, pk in rows:
        wanted[source].append(pk)
    return {
        (source, pk): line
        for source, pks in wanted.items()
        for pk, line in _SOURCES[source](pks, reader).items()
    }


def _events(pks: Collection[int], reader: Reader) -> dict[int, Line]:
    rows = list(Event.objects.filter(pk__in=pks).select_related("message"))
    said = {row.message_id for row in rows if row.message_id}
    files = Counter(
        Attachment.objects.filter(message__in=said).values_list("message_id", flat=True)
    )
    return {row.pk: _event(row, reader.ticket, files) for row in rows}


def _event(row: Event, ticket: Ticket, files: Mapping[int, int]) -> Line:
    if row.kind not in _SAID:
        return Line(ui.icon(icon_of(row.kind)), sentences_of(row))
    icon, sentence = _SAID[row.kind](row)
    message = row.message
    if message is None:
        return Line(ui.icon(icon), [sentence])
    count = files[message.pk]
    carried = ngettext("%(count)d file", "%(count)d files", count) % {"count": count}
    words = [excerpt(message.text, LENGTH), carried if count else ""]
    return Line(
        icon=ui.icon(icon),
        sentences=[sentence],
        words=" · ".join(part for part in words if part),
        url=permalink(ticket.number, message.pk),
        link=_("Show the message"),
    )


def _opened(row: Event) -> tuple[str, SafeString]:
    return "inbox", format_html(_("{} opened the ticket"), who_did(row))


def _received(row: Event) -> tuple[str, SafeString]:
    channel = row.data.get("channel", "")
    label = Channel(channel).label if channel in Channel.values else channel
    return "mail", format_html(_("{} wrote: {}"), who_did(row), label)


def _replied(row: Event) -> tuple[str, SafeString]:
    return "reply", format_html(_("{} answered the customer"), who_did(row))


def _noted(row: Event) -> tuple[str, SafeString]:
    return "lock", format_html(_("{} wrote an internal note"), who_did(row))


def _forwarded(row: Event) -> tuple[str, SafeString]:
    to = ", ".join(row.data.get("to", []))
    return "forward", format_html(_("{} forwarded a message to {}"), who_did(row), to)


_SAID: Final[Mapping[str, Callable[[Event], tuple[str, SafeString]]]] = {
    Kind.OPENED: _opened,
    Kind.MESSAGE_RECEIVED: _received,
    Kind.REPLIED: _replied,
    Kind.NOTE_ADDED: _noted,
    Kind.FORWARDED: _forwarded,
}


def _sent(pks: Collection[int], reader: Reader) -> dict[int, Line]:
    return {
        row.pk: _sent_line(row, reader)
        for row in OutgoingMail.objects.filter(pk__in=pks).defer("text", "html", "sealed_body")
    }


def _sent_line(row: OutgoingMail, reader: Reader) -> Line:
    words = {
        "kind": row.get_kind_display(),
        "to": ", ".join(row.recipients()),
        "state": row.get_state_display(),
    }
    sentence = _("Mail, %(kind)s, to %(to)s: %(state)s") % words
    url = reverse("mailpipe:outgoing_mail", args=[row.pk]) if reader.may_inspect else ""
    icon = "triangle-alert" if row.state in _TROUBLE else "send"
    return Line(ui.icon(icon), [_plain(sentence)], row.last_error, url, _("Show the mail"))


def _received_mails(pks: Collection[int], reader: Reader) -> dict[int, Line]:
    return {row.pk: _received_line(row, reader) for row in InboundMail.objects.filter(pk__in=pks)}


def _received_line(row: InboundMail, reader: Reader) -> Line:
    sentence = _("Mail from %(name)s came in") % {"name": row.from_address or row.envelope_sender}
    url = reverse("mailpipe:inbound_mail", args=[row.pk]) if reader.may_inspect else ""
    icon = "mail-warning" if row.is_bounce else "inbox"
    return Line(ui.icon(icon), [_plain(sentence)], row.reason, url, _("Show the mail"))


def _clocks(pks: Collection[int], reader: Reader) -> dict[int, Line]:
    url = ticket_url(reader.ticket.number, part="time")
    return {
        row.pk: Line(
            icon=ui.icon("hourglass"),
            sentences=[format_html(_("Missed: {}"), metric_name(row.metric))],
            url=url,
            link=_("Where did the time go"),
        )
        for row in SlaClock.objects.filter(pk__in=pks)
    }


def _audited(pks: Collection[int], _reader: Reader) -> dict[int, Line]:
    return {row.pk: _audit_line(row) for row in AuditEntry.objects.filter(pk__in=pks)}


def _audit_line(row: AuditEntry) -> Line:
    verb = str(audit_labels[row.verb]) if row.verb in audit_labels else row.verb.replace("_", " ")
    facts: dict[str, Any] = row.after or {}
    words = ", ".join(f"{name}: {value}" for name, value in facts.items())
    sentence = format_html(_("Audit: {}, {}"), format_html("<b>{}</b>", row.actor_name), verb)
    return Line(ui.icon("shield-check"), [sentence], words)


def _plain(text: str) -> SafeString:
    return format_html("{}", text)


_TROUBLE: Final = frozenset(["failed", "dead", "needs_review", "uncertain"])
_SOURCES: Final[tuple[Source, ...]] = (_events, _sent, _received_mails, _clocks, _audited)
