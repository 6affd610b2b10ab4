"""One message of the thread, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import options, ui
from core.moments import day_time, moment_mark
from desk.links import message_url, permalink, ticket_url
from tickets.content import attachment_path
from tickets.models import Attachment, Message, Ticket
from tickets.models.ticket import Channel
from tickets.showing import file_facts, shown_html

State = Message.DeliveryState


@dataclass(frozen=True)
class FileLink:
    """A file below a message."""

    url: str
    name: str
    facts: str
    is_image: bool


@dataclass(frozen=True)
class MessageMenu:
    """What can be done with one message; empty addresses are not offered."""

    label: str
    permalink: str
    whose: int
    answer_url: str
    answer_words: str
    forward_url: str
    repetition_url: str
    redaction_url: str
    split_url: str


@dataclass(frozen=True)
class Place:
    """Where cards are shown, and what their reader may do there."""

    number: int
    can_redact: bool = False
    has_menus: bool = True


@dataclass(frozen=True, kw_only=True)
class MessageCard:
    """A message with everything its card shows; empty texts are not shown."""

    pk: int
    css: str
    author: str
    avatar: SafeString
    way: str
    seal: SafeString | str
    kind: SafeString | str
    time: SafeString
    language: str
    body: SafeString
    quoted: SafeString
    files: list[FileLink]
    delivery: SafeString | str
    banner: str
    approval_url: str
    withdrawal_url: str
    resend_url: str
    frame_url: str
    raw_url: str
    source_url: str
    menu: MessageMenu | None


def message_card(
    message: Message, files: list[Attachment], *, place: Place, now: datetime
) -> MessageCard:
    """The card of one message with its files."""
    author = _author(message)
    is_inbound_mail = message.channel == Channel.EMAIL and message.kind == Message.Kind.INBOUND
    is_mail = is_inbound_mail and not message.is_redacted
    at = {"number": place.number, "pk": message.pk}
    return MessageCard(
        pk=message.pk,
        css=_css(message),
        author=author,
        avatar=ui.avatar(author, size="m"),
        way=_way(message),
        seal=_seal(message),
        kind=_kind_mark(message),
        time=moment_mark(message.created_at, now=now),
        language=message.language,
        body=shown_html(message.html, message.sanitiser_version),
        quoted=shown_html(message.quoted_html, message.sanitiser_version),
        files=[_file_link(row) for row in files if not row.is_inline],
        delivery=_delivery(message, now),
        banner=_banner(message),
        approval_url=message_url(part="approval", **at) if _awaits_approval(message) else "",
        withdrawal_url=message_url(part="withdrawal", **at) if can_undo(message, now) else "",
        resend_url=message_url(part="delivery", **at)
        if message.delivery_state == State.FAILED
        else "",
        frame_url=message_url(part="frame", **at) if is_mail else "",
        raw_url=message_url(part="raw", **at) if is_mail else "",
        source_url=permalink(place.number, message.source_id) if message.source_id else "",
        menu=_menu(message, author, place) if place.has_menus else None,
    )


def _menu(message: Message, author: str, place: Place) -> MessageMenu:
    at = {"number": place.number, "pk": message.pk}
    can_forward = message.is_public and not message.is_redacted
    can_redact = place.can_redact and not message.is_redacted
    return MessageMenu(
        label=_("Actions for the message by %(name)s") % {"name": author},
        permalink=permalink(place.number, message.pk),
        whose=(message.origin or message.ticket).customer_id,
        answer_url=_answer_url(message, place),
        answer_words=_("Reply to %(name)s") % {"name": author},
        forward_url=message_url(part="forward", **at) if can_forward else "",
        repetition_url=message_url(part="repetition", **at) if may_be_repeated(message) else "",
        redaction_url=message_url(part="redaction", **at) if can_redact else "",
        split_url=ticket_url(place.number, part="split", **{"from": str(message.pk)})
        if message.kind == Message.Kind.INBOUND
        else "",
    )


def _answer_url(message: Message, place: Place) -> str:
    """The composer, addressed to whoever wrote this."""
    if message.kind != Message.Kind.INBOUND or message.is_held:
        return ""
    return f"{ticket_url(place.number, kind='reply', answers=str(message.pk))}#composer"


def may_be_repeated(message: Message) -> bool:
    """Whether it has left whole, so that it can leave once more."""
    return message.delivery_state == State.SENT and not message.is_redacted


def can_undo(message: Message, now: datetime) -> bool:
    """Whether a reply has probably not left yet; the outgoing row decides (N18)."""
    wait = timedelta(seconds=options.value("tickets.undo_seconds"))
    return message.delivery_state == State.QUEUED and now < message.created_at + wait


def _author(message: Message) -> str:
    return message.author_name or message.author_email or _("Unknown sender")


def _css(message: Message) -> str:
    classes = ["message"]
    if message.kind != Message.Kind.INBOUND:
        classes.append(f"message--{message.kind}")
    if message.is_held:
        classes.append("message--held")
    return " ".join(classes)


def _kind_mark(message: Message) -> SafeString | str:
    if message.is_forward:
        return _kind_line("forward", _("Forwarded; the customer does not see this"))
    if message.is_note and message.source_id:
        return _kind_line("lock", _("Answer to a forward, internal"))
    if message.is_note:
        return _kind_line("lock", _("Internal note"))
    if message.is_automatic:
        return _kind_line("bot", _("Automatic"))
    return ""


def _kind_line(icon: str, words: str) -> SafeString:
    return format_html('<span class="message__kind">{}{}</span>', ui.icon(icon), words)


def _way(message: Message) -> str:
    if message.is_note:
        return message.author_email if message.source_id else ""
    if message.kind == Message.Kind.INBOUND:
        way = _("by %(channel)s") % {"channel": Channel(message.channel).label}
        return f"{message.author_email} · {way}" if message.author_email else way
    copies = len(message.recipients_cc)
    to = ", ".join(message.recipients_to)
    if not copies:
        return _("to %(address)s") % {"address": to} if to else ""
    return ngettext(
        "to %(address)s, %(count)d copy", "to %(address)s, %(count)d copies", copies
    ) % {
        "address": to,
        "count": copies,
    }


def _seal(message: Message) -> SafeString | str:
    if message.authentication.get("dmarc") == "pass":
        return ui.icon("shield-check", size="s", label=_("Verified sender"))
    if message.is_unverified:
        return ui.icon("shield-alert", size="s", label=_("Sender not verified"))
    return ""


def _awaits_approval(message: Message) -> bool:
    return message.is_held and message.delivery_state != State.WITHDRAWN


def _banner(message: Message) -> str:
    if message.is_redacted:
        return ""
    if message.delivery_state == State.WITHDRAWN:
        return _("This reply was taken back before it left. Nobody received it.")
    if message.is_held:
        return _("This message waits for approval: the sender could not be verified.")
    if message.origin is not None and message.origin.customer_id != message.ticket.customer_id:
        return _from_another(message.origin)
    if message.is_unverified:
        return _("The sender is not verified: be careful with what this message asks for.")
    return ""


def _from_another(origin: Ticket) -> str:
    """Merged in, of somebody else: what must not be quoted to the customer of the ticket (X-16)."""
    facts = {
        "number": origin.number,
        "name": origin.customer.display_name,
        "address": origin.customer.email or _("by phone"),
    }
    words = _("#%(number)s of %(name)s (%(address)s). The customer of this ticket can't see it.")
    return words % facts


def _delivery(message: Message, now: datetime) -> SafeString | str:
    match message.delivery_state:
        case State.QUEUED:
            return _delivery_line("clock", _("Sending"), "")
        case State.SENT:
            at = message.sent_at
            words = _("Sent %(time)s") % {"time": day_time(at, now=now)} if at else _("Sent")
            return _delivery_line("check", words, "")
        case State.KEPT:
            return _delivery_line("inbox", _("Kept in the outbox: no mail server is set up"), "")
        case State.FAILED:
            words = _("Not delivered: %(reason)s") % {
                "reason": message.delivery_detail or _("unknown")
            }
            return _delivery_line("triangle-alert", words, " delivery--failed")
    return ""


def _delivery_line(icon: str, words: str, css: str) -> SafeString:
    return format_html('<span class="delivery{}">{}{}</span>', css, ui.icon(icon), words)


def _file_link(row: Attachment) -> FileLink:
    if row.redacted_at is not None:
        return FileLink(url="", name=_("Redacted file"), facts="", is_image=False)
    return FileLink(
        url=attachment_path(row),
        name=row.filename,
        facts=file_facts(row),
        is_image=row.content_type in {"image/png", "image/jpeg", "image/gif", "image/webp"},
    )
