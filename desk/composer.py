"""The composer: what it starts from, what it keeps when a message is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.text import excerpt
from desk.forms import KEEP, MessageForm
from desk.head import Choice
from desk.links import ticket_url
from tickets import uploads, vocabulary
from tickets.marks import status_badge
from tickets.models import Message, Status, Ticket
from tickets.models.vocabulary import Kind

NEWS_LENGTH = 400


@dataclass(frozen=True)
class AfterChoice:
    """A status to set after sending."""

    value: str
    badge: SafeString | str
    words: str
    shortcut: str


@dataclass(frozen=True)
class News:
    """What came in while the agent wrote."""

    author: str
    text: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Composer:
    """The composer as its template prints it."""

    url: str
    draft_url: str
    macros_url: str
    view: str
    kind_is_note: bool
    text: str
    to: str
    cc: str
    to_words: str
    label: str
    after: AfterChoice
    after_others: list[AfterChoice]
    after_send: list[Choice]
    seen: int
    signature: str
    form: MessageForm | None
    news: list[News]
    news_words: str
    max_bytes: int
    max_files: int


def composer_of(
    ticket: Ticket,
    *,
    user: User,
    view: str,
    form: MessageForm | None = None,
    news: list[Message] | None = None,
) -> Composer:
    """The composer of a `ticket` loaded by `desk.ticket_page`; a refused `form` keeps its text."""
    typed = _typed(ticket, form)
    after, *others = _after_choices()
    return Composer(
        url=f"{ticket_url(ticket.number)}/messages",
        draft_url=f"{ticket_url(ticket.number)}/draft",
        macros_url=f"{ticket_url(ticket.number)}/macros",
        view=view,
        kind_is_note=typed["kind"] == Message.Kind.NOTE,
        text=typed["text"],
        to=typed["to"],
        cc=typed["cc"],
        to_words=_to_words(ticket, typed),
        label=_("Message to %(name)s") % {"name": ticket.customer.display_name},
        after=after,
        after_others=others,
        after_send=_after_send(user),
        seen=ticket.last_message_id or 0,
        signature=user.signature or ticket.department.signature,
        form=form,
        news=[_news(message) for message in news or []],
        news_words=_news_words(news or []),
        max_bytes=uploads.MAX_BYTES,
        max_files=uploads.MAX_FILES,
    )


def _typed(ticket: Ticket, form: MessageForm | None) -> dict[str, str]:
    """What stands in the fields: the refused form, else the draft, else what fits the talk."""
    copies = [
        email for email in getattr(ticket, "follower_emails", []) if email != ticket.customer.email
    ]
    fresh = {"to": ticket.customer.email, "cc": ", ".join(copies)}
    if form is not None:
        return {name: str(form.data.get(name, "")) for name in ("kind", "text", "to", "cc")}
    draft: dict[str, Any] = getattr(ticket, "own_draft", None) or {}
    if draft.get("text"):
        return {"kind": draft["kind"], "text": draft["text"], **fresh}
    kind = Message.Kind.REPLY if ticket.last_message_by == "customer" else Message.Kind.NOTE
    return {"kind": kind, "text": "", **fresh}


def _after_choices() -> list[AfterChoice]:
    """The default first (R20); nobody leaves a customer new or escalated after a reply."""
    default = vocabulary.status_after_reply()
    others = [
        status
        for status in vocabulary.statuses()
        if status != default and status.kind not in {Kind.NEW, Kind.ESCALATED}
    ]
    keep = AfterChoice(KEEP, "", _("Keep the status"), "")
    closing = vocabulary.default_status(Kind.CLOSED)
    return [
        AfterChoice(
            str(default.pk), "", _("Send · %(status)s") % {"status": default.name}, "default"
        ),
        *(_after_choice(status, is_closing=status == closing) for status in others),
        keep,
    ]


def _after_send(user: User) -> list[Choice]:
    """Where to go after sending; the agent's own preference is chosen."""
    return [
        Choice(value, str(label), is_chosen=value == user.after_send)
        for value, label in User.AfterSend.choices
    ]


def _after_choice(status: Status, *, is_closing: bool) -> AfterChoice:
    return AfterChoice(
        str(status.pk),
        status_badge(status),
        _("Send and set this status"),
        "close" if is_closing else "",
    )


def _to_words(ticket: Ticket, typed: dict[str, str]) -> str:
    if not typed["to"]:
        return _("Nobody gets this by mail")
    copies = len([part for part in typed["cc"].split(",") if part.strip()])
    if not copies:
        return _("To %(name)s") % {"name": ticket.customer.display_name}
    return ngettext("To %(name)s and %(count)d more", "To %(name)s and %(count)d more", copies) % {
        "name": ticket.customer.display_name,
        "count": copies,
    }


def _news(message: Message) -> News:
    author = message.author_name or message.author_email
    return News(author, excerpt(message.text, NEWS_LENGTH), f"#message-{message.pk}")


def _news_words(news: list[Message]) -> str:
    if not news:
        return ""
    names = ", ".join(
        dict.fromkeys(message.author_name or message.author_email for message in news)
    )
    return _("%(names)s wrote while you did. Your text is kept.") % {"names": names}
