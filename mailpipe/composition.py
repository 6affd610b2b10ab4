"""What a reply looks like as a mail: settled once, when it first leaves, and kept on its row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import options
from core.sanitiser import linkify
from mailpipe import identity, tokens
from mailpipe.enclosures import Enclosures, enclosures, file_link, with_cids
from mailpipe.models import MessageIdentifier, OutgoingMail
from mailpipe.quotation import Quotation, history
from mailpipe.secrets import link_stand_in, seal_link
from mailpipe.sender import department_mailbox, sender_address
from mailpipe.tokens import Scope
from tickets.actions.guests import guest_url
from tickets.actions.posting import LEAVING_KINDS
from tickets.models import Message, Ticket

REFERENCES_LIMIT = 20
AUTOMATIC = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, kw_only=True)
class ReplyText:
    """What the templates of a reply show."""

    language: str
    marker: str
    text: str
    html: str
    forwarded_text: str
    forwarded_html: SafeString
    signature_text: str
    signature_html: str
    number: int
    files: list[FileLink]
    quotations: list[Quotation]
    link: str


@dataclass(frozen=True)
class FileLink:
    """A file too large to travel along."""

    name: str
    url: str


def compose(row: OutgoingMail, *, now: datetime) -> OutgoingMail:
    """Give the row sender, headers and body; one that has them stays as it is.

    Committed before the mail is sent, so that a second try sends the very same mail.
    """
    if row.composed_at is not None or row.kind == OutgoingMail.Kind.ACCOUNT:
        return row
    row.from_header = department_mailbox(row.department)
    if row.ticket is not None:
        _address(row, row.ticket)
    if row.message is not None:
        _write(row, row.message, now)
    row.composed_at = now
    row.save(
        update_fields=[
            "from_header",
            "envelope_sender",
            "reply_to",
            "subject",
            "headers",
            "text",
            "html",
            "sealed_body",
            "composed_at",
        ]
    )
    return row


def _address(row: OutgoingMail, ticket: Ticket) -> None:
    """Where answers and bounces go: to the ticket, by its token (mail.md 37, 47)."""
    home = sender_address(row.department)
    recipient = row.to[0] if row.to else ""
    is_forward = row.message is not None and row.message.is_forward
    scope = Scope.FORWARD if is_forward else Scope.TICKET
    row.reply_to = identity.reply_address(ticket, home=home, recipient=recipient, scope=scope)
    row.subject = _subject(row, ticket)
    # What customers wrote under stays in the house: a third party begins a thread of its own.
    chain = [] if is_forward else _references(ticket, row)
    if row.message is None:
        # Nobody's auto-reply shall answer an automatic mail: the empty sender (RFC 3834, 3.3).
        row.headers = AUTOMATIC | row.headers
    else:
        row.envelope_sender = identity.bounce_address(ticket, home=home)
    if row.message is not None and row.message.is_automatic:
        row.headers = {"Auto-Submitted": "auto-generated"} | row.headers
    if chain:
        row.headers = row.headers | {"In-Reply-To": chain[-1], "References": " ".join(chain)}


def _subject(row: OutgoingMail, ticket: Ticket) -> str:
    """R22's tag in front; an answer says so."""
    if row.message is None:
        return tokens.tagged_subject(row.subject, ticket.number)
    subject = tokens.plain_subject(row.subject)
    if row.message.is_forward:
        return tokens.tagged_subject(f"Fwd: {subject}", ticket.number)
    is_answer = row.message.ticket.messages.filter(pk__lt=row.message.pk).exists()
    return tokens.tagged_subject(f"Re: {subject}" if is_answer else subject, ticket.number)


def _references(ticket: Ticket, row: OutgoingMail) -> list[str]:
    """Identifiers of the conversation, the customer's newest last (RFC 5322, 3.6.4)."""
    ours = (
        OutgoingMail.objects.filter(ticket=ticket, kind=OutgoingMail.Kind.REPLY, pk__lt=row.pk)
        .exclude(state=OutgoingMail.State.CANCELLED)
        .exclude(message__kind=Message.Kind.FORWARD)
        .values_list("created_at", "identifier")
    )
    known = MessageIdentifier.objects.filter(
        ticket=ticket,
        is_awaited=False,
        message__is_held=False,
        message__is_unverified=False,
        message__source=None,
    )
    # What left once more is known by its former identifier, too, for reports on it.
    theirs = known.exclude(message__kind__in=LEAVING_KINDS).values_list("created_at", "key")
    sent = list(ours)
    received = [(at, f"<{key}>") for at, key in theirs if not key.startswith("sha256:")]
    chain = [name for _at, name in sorted(sent + received)][-REFERENCES_LIMIT:]
    if received:
        newest = max(received)[1]
        chain = [name for name in chain if name != newest] + [newest]
    return chain


def _write(row: OutgoingMail, message: Message, now: datetime) -> None:
    with translation.override(message.conversation.customer.language or settings.LANGUAGE_CODE):
        facts = _reply_text(message, link=_link(row, message, now))
        row.text = render_to_string("email/reply.txt", {"reply": facts})
        row.html = render_to_string("email/reply.html", {"reply": facts})


def _link(row: OutgoingMail, message: Message, now: datetime) -> str:
    """The guest link stands only in a mail that one person gets, no third party (X-20)."""
    recipients = row.recipients()
    url = ""
    if len(recipients) == 1 and not message.is_forward:
        url = guest_url(message.conversation, email=recipients[0], now=now)
    row.sealed_body = seal_link(url) if url else None
    return link_stand_in() if url else ""


def _reply_text(message: Message, *, link: str) -> ReplyText:
    signature = _signature(message)
    found = enclosures(message)
    return ReplyText(
        language=translation.get_language(),
        marker="" if message.is_forward else _marker(message.conversation),
        text=message.text,
        html=_travelling(message.html, found),
        forwarded_text=message.quoted_text if message.is_forward else "",
        # What a forward passes on; of a reply its author's quotes stay here.
        forwarded_html=_travelling(message.quoted_html if message.is_forward else "", found),
        signature_text=signature,
        signature_html=linkify(signature) if signature else "",
        number=message.conversation.number,
        link=link,
        files=[
            FileLink(row.filename, file_link(row, audience=f"message:{message.pk}"))
            for row in found.linked
        ],
        quotations=history(message) if _quotes_history(message) else [],
    )


def _travelling(html: str, found: Enclosures) -> SafeString:
    """Sanitised when it came in; here only our own picture addresses are exchanged."""
    return SafeString(with_cids(html, found.inline))


def _quotes_history(message: Message) -> bool:
    """A third party gets what was chosen for it, never the conversation."""
    return not message.is_forward and bool(options.value("mailpipe.quote_history"))


def _marker(ticket: Ticket) -> str:
    """What stands below it was quoted, and names the ticket (mail.md 34d, 37)."""
    words = _("Please reply above this line")
    return f"##- {words} -## {tokens.body_reference(identity.ring(), ticket.thread_token)}"


def _signature(message: Message) -> str:
    """The agent's own, else the department's."""
    own = message.author_user.signature if message.author_user else ""
    return (own or message.ticket.department.signature).strip()
