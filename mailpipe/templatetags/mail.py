"""Where a mail stands, as a coloured word."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mailpipe.models import InboundMail, OutgoingMail

register = template.Library()

TONES: dict[str, str] = {
    InboundMail.Outcome.TICKET: "ok",
    InboundMail.Outcome.REPLY: "ok",
    InboundMail.Outcome.QUARANTINED: "warn",
    InboundMail.Outcome.FAILED: "danger",
    OutgoingMail.State.SENT: "ok",
    OutgoingMail.State.UNCERTAIN: "warn",
    OutgoingMail.State.NEEDS_REVIEW: "warn",
    OutgoingMail.State.DEAD: "danger",
}


@register.simple_tag
def outcome(mail: InboundMail) -> SafeString:
    """The outcome of a received mail, its ticket, and the reason."""
    word = _tag(mail.outcome, mail.get_outcome_display())
    reason = format_html('<span class="small muted">{}</span>', mail.reason) if mail.reason else ""
    return format_html("{} {} {}", word, _ticket_link(mail), reason)


@register.simple_tag
def delivery_state(mail: OutgoingMail) -> SafeString:
    """Where an outgoing mail stands."""
    return _tag(mail.state, mail.get_state_display())


def _tag(value: str, words: str) -> SafeString:
    tone = TONES.get(value)
    return format_html('<span class="tag{}">{}</span>', f" tag--{tone}" if tone else "", words)


def _ticket_link(mail: InboundMail) -> SafeString | str:
    if mail.ticket is None:
        return ""
    number = mail.ticket.number
    return format_html('<a href="/admin/tickets/ticket/{}">#{}</a>', number, number)
