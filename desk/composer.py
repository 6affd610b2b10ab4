"""The composer: what it starts from, what it keeps when a message is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from calendars.engine import Calendar
from calendars.versions import calendar_for
from core.markdown import render_markdown
from core.sanitiser import linkify
from core.text import excerpt
from desk.addressing import address_lines, addressee_of, known_people, to_words
from desk.composer_menu import SendMenu, send_menu
from desk.head import Choice
from desk.links import ticket_url
from desk.message_forms import MessageForm
from desk.people import Colleague, assignable
from desk.picker import Picked, picked_of
from desk.promising import PromisePart, promise_part
from tickets import uploads
from tickets.models import Message, Ticket

NEWS_LENGTH = 400
Kind = Message.Kind
Row = Mapping[str, Any]


@dataclass(frozen=True)
class News:
    """What came in while the agent wrote."""

    author: str
    text: str
    anchor: str


@dataclass(frozen=True)
class Tab:
    """A kind of message to write."""

    kind: str
    words: str
    icon: str
    is_chosen: bool
    is_note: bool


@dataclass(frozen=True)
class Line:
    """A line of addresses."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class KeptFile:
    """A file that came back with the text; unticked, it is not sent."""

    value: str
    name: str
    size: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class KindDraft:
    """What was typed under one tab."""

    kind: str
    text: str
    recipients: Mapping[str, str] = field(default_factory=dict)
    files: list[KeptFile] = field(default_factory=list)
    predefined: list[int] = field(default_factory=list)
    promise_due_at: datetime | None = None
    is_shared: bool = False


@dataclass(frozen=True)
class Sharing:
    """What the share button would do, and whether it is pressed."""

    value: str
    pressed: str


@dataclass(frozen=True, kw_only=True)
class Composer:
    """The composer as its template prints it."""

    base_url: str
    view: str
    tabs: list[Tab]
    text: str
    drafts: list[KindDraft]
    lines: list[Line]
    forward_lines: list[Line]
    sources: list[Choice]
    people: list[str]
    colleagues: list[Colleague]
    to_words: str
    whose: int
    opens_lines: bool
    label: str
    menu: SendMenu
    replies: Picked
    promise: PromisePart
    sharing: Sharing
    seen: int
    signature: str
    preview: SafeString | str
    form: MessageForm | None
    news: list[News]
    news_words: str

    @property
    def url(self) -> str:
        return f"{self.base_url}/messages"

    @property
    def draft_url(self) -> str:
        return f"{self.base_url}/draft"

    @property
    def preview_url(self) -> str:
        return f"{self.base_url}/preview"

    @property
    def sharing_url(self) -> str:
        return f"{self.base_url}/draft/sharing"

    @property
    def macros_url(self) -> str:
        return f"{self.base_url}/macros"

    @property
    def max_bytes(self) -> int:
        return uploads.MAX_BYTES

    @property
    def max_files(self) -> int:
        return uploads.MAX_FILES


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Who opens the composer, when, and what came of the last try."""

    user: User
    view: str
    now: datetime
    kind: str = ""
    answers: int | None = None
    picked: int | None = None
    form: MessageForm | None = None
    news: Iterable[Message] = ()
    preview: SafeString | str = ""


def composer_of(ticket: Ticket, occasion: Occasion) -> Composer:
    """The composer of `ticket`: the refused form, else drafts, else what fits the talk."""
    form, user = occasion.form, occasion.user
    typed: Mapping[str, str] = {} if form is None else form.data
    drafts = _drafts(ticket, typed)
    kind = _kind(ticket, occasion, drafts, typed)
    own, answer = drafts[kind], drafts[Kind.REPLY]
    whom = addressee_of(ticket)
    address = address_lines(whom, _kept_lines(answer, occasion), typed)
    picked = picked_of(ticket, user, typed=typed, kept=answer.predefined, picked=occasion.picked)
    news = list(occasion.news)
    return Composer(
        base_url=ticket_url(ticket.number),
        view=occasion.view,
        tabs=_tabs(kind),
        text=typed.get("text", own.text),
        drafts=list(drafts.values()),
        lines=_lines(address),
        forward_lines=_forward_lines(drafts[Kind.FORWARD], typed),
        sources=_sources(ticket, typed.get("source", "")),
        people=known_people(ticket, whom),
        colleagues=[row for row in assignable(ticket.department_id) if row.pk != user.pk],
        to_words=to_words(ticket, whom, address),
        whose=whom.customer,
        opens_lines=form is not None and any(name in form.errors for name in address),
        label=_("Message to %(name)s") % {"name": whom.name},
        menu=send_menu(
            user, typed, hours=_hours(ticket), suggested=picked.suggested, now=occasion.now
        ),
        replies=picked,
        promise=promise_part(typed, now=occasion.now, kept=answer.promise_due_at),
        sharing=sharing_of(shared=own.is_shared),
        seen=ticket.last_message_id or 0,
        signature=_signature(ticket, user),
        preview=occasion.preview,
        form=form,
        news=[_news(message) for message in news],
        news_words=_news_words(news),
    )


def _hours(ticket: Ticket) -> Calendar | None:
    """The department's, whose version `loaded_ticket` read beside the ticket."""
    version: int | None = getattr(ticket, "hours_version", None)
    return calendar_for(version) if version else None


def previewed(text: str, ticket: Ticket, user: User, *, kind: str) -> SafeString | str:
    """The text as it will be read, with the signature where it leaves by mail."""
    if not text.strip():
        return _("Nothing to show yet.")
    body, signature = render_markdown(text), _signature(ticket, user).strip()
    if kind == Kind.NOTE or not signature:
        return body
    return format_html("{}<hr>{}", body, linkify(signature))


def _signature(ticket: Ticket, user: User) -> str:
    """The agent's own, else the department's."""
    return user.signature or ticket.department.signature


def sharing_of(*, shared: bool) -> Sharing:
    """The share button of a draft."""
    return Sharing("off", "true") if shared else Sharing("on", "false")


def _drafts(ticket: Ticket, typed: Mapping[str, str]) -> dict[str, KindDraft]:
    """One for every kind, from what `loaded_ticket` read beside the ticket."""
    rows: dict[str, Row] = {row["kind"]: row for row in getattr(ticket, "own_drafts", ())}
    return {kind: _draft(kind, rows.get(kind, {}), typed) for kind in _KINDS}


def _draft(kind: str, row: Row, typed: Mapping[str, str]) -> KindDraft:
    ticked = typed.getlist("kept_files") if hasattr(typed, "getlist") else None
    files = [(f"{kind}:{fact['sha256']}", fact) for fact in row.get("files", ())]
    return KindDraft(
        kind=kind,
        text=row.get("text", ""),
        recipients=row.get("recipients", {}),
        files=[
            KeptFile(value, fact["name"], filesizeformat(fact["size"]), _is_ticked(value, ticked))
            for value, fact in files
        ],
        predefined=row.get("predefined", []),
        promise_due_at=parse_datetime(row.get("promise_due_at") or ""),
        is_shared=row.get("is_shared", False),
    )


def _is_ticked(value: str, ticked: list[str] | None) -> bool:
    return ticked is None or value in ticked


def _kind(
    ticket: Ticket, occasion: Occasion, drafts: Mapping[str, KindDraft], typed: Mapping[str, str]
) -> str:
    """The tab as posted, asked for, or with a draft; else what fits the talk (screens.md 1)."""
    fitting = Kind.REPLY if ticket.last_message_by == "customer" else Kind.NOTE
    asked = typed.get("kind") or occasion.kind
    if asked in _KINDS:
        return asked
    written = [kind for kind in (fitting, *_KINDS) if drafts[kind].text.strip()]
    return written[0] if written else fitting


def _tabs(chosen: str) -> list[Tab]:
    words = {
        Kind.REPLY: (_("Reply"), "reply"),
        Kind.NOTE: (_("Internal note"), "lock"),
        Kind.FORWARD: (_("Forward"), "forward"),
    }
    return [
        Tab(kind.value, label, icon, kind == chosen, kind == Kind.NOTE)
        for kind, (label, icon) in words.items()
    ]


def _kept_lines(draft: KindDraft, occasion: Occasion) -> Mapping[str, str]:
    """The lines of the draft, unless the agent has just chosen whom to answer."""
    is_kept = draft.text.strip() and draft.recipients.get("to") and not occasion.answers
    return draft.recipients if is_kept else {}


def _lines(address: Mapping[str, str]) -> list[Line]:
    labels = {"to": _("To"), "cc": _("Copy"), "bcc": _("Blind copy")}
    return [Line(name, label, address[name]) for name, label in labels.items()]


def _forward_lines(draft: KindDraft, typed: Mapping[str, str]) -> list[Line]:
    labels = {"to": _("Forward to"), "cc": _("Copy")}
    return [
        Line(
            f"forward_{name}",
            label,
            typed.get(f"forward_{name}", draft.recipients.get(name, "")),
        )
        for name, label in labels.items()
    ]


def _sources(ticket: Ticket, chosen: str) -> list[Choice]:
    """What may be forwarded, newest first, from what `loaded_ticket` read beside the ticket."""
    rows: list[Row] = getattr(ticket, "forwardable", [])
    return [
        Choice(str(row["pk"]), f"{row['author']}: {row['text']}", str(row["pk"]) == chosen)
        for row in rows
    ]


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


_KINDS = (Kind.REPLY.value, Kind.NOTE.value, Kind.FORWARD.value)
