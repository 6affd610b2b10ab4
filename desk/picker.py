"""The picker of the composer: predefined replies and articles, filled in before they are sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import options
from core.files import StoredFile
from core.placeholders import fill
from core.registries import article_sources
from core.text import excerpt, is_key
from desk.links import replies_url, ticket_url
from tickets.actions import record_reply_uses
from tickets.content import NewFile
from tickets.models import Message, PredefinedReply, Status, Ticket
from tickets.predefined import Filled, as_read, changed_share, filled, habits, offered, usable

REPLIES, ARTICLES = "replies", "articles"
PICKED: Final = "desk/composer_picker.html#picked"
MAX_PICKED: Final = 20


@dataclass(frozen=True, kw_only=True)
class Option:
    """One line of the list: a reply to be fetched by `url`, or an article's ready `text`."""

    name: str
    code: str = ""
    excerpt: str = ""
    fact: str = ""
    url: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The list as the picker prints it; `other` names the tab that Tab leads to, if any.

    `kept` are the fields of a form that is in no row yet: without a script the list carries them.
    """

    title: str
    words: str
    options: list[Option]
    query: str
    other: str
    other_words: str
    base_url: str
    back_url: str
    kept: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PickedFile:
    """A file of a reply that goes out with the message unless it is unticked."""

    value: str
    name: str
    size: str
    is_chosen: bool


@dataclass(frozen=True)
class PickedReply:
    """A reply that stands in the text, and its files."""

    pk: str
    files: list[PickedFile]


@dataclass(frozen=True)
class Picked:
    """What was inserted already, for a composer that is printed again.

    `facts` are the fields of the form that a reply is filled in by.
    """

    url: str
    replies: list[PickedReply]
    suggested: Status | None = None
    facts: str = "promise_at"


class NumbersField(forms.Field):
    """Ids parted by commas, or given several times; anything else is left out."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[int]:
        """The numbers, each once."""
        return numbers(value or [])


class PickerFields(forms.Form):
    """Which predefined replies stand in the text, and which of their files go with it."""

    predefined = NumbersField(required=False)
    predefined_files = NumbersField(required=False)


def numbers(values: Iterable[str]) -> list[int]:
    """Ids in texts, at most MAX_PICKED."""
    parts = [part.strip() for text in values for part in str(text).split(",")]
    found = [int(part) for part in parts if is_key(part)]
    return list(dict.fromkeys(found))[:MAX_PICKED]


def options_of(ticket: Ticket, user: User, *, tab: str, query: str, now: datetime) -> Options:
    """What fits the typed word, for one tab."""
    has_articles = bool(article_sources.entries())
    is_articles = tab == ARTICLES and has_articles
    found = _articles(ticket, user, query) if is_articles else _replies(ticket, user, query, now)
    names = {REPLIES: _("Predefined replies"), ARTICLES: _("Articles")}
    here, other = (ARTICLES, REPLIES) if is_articles else (REPLIES, ARTICLES)
    return Options(
        title=names[here],
        words=_count_words(len(found), query),
        options=found,
        query=query,
        other=other if has_articles else "",
        other_words=names[other],
        base_url=replies_url(ticket.number),
        back_url=ticket_url(ticket.number),
    )


def insertion_of(told: Filled) -> dict[str, Any]:
    """A filled reply as the picker's script takes it; `missing` is where to write by hand."""
    status = told.reply.status_after
    first = told.missing[0] if told.missing else ""
    place = told.text.find(first) if first else -1
    return {
        "text": told.text,
        "missing": [place, place + len(first)] if place >= 0 else None,
        "note": missing_words(told),
        "picked": render_to_string(PICKED, {"reply": _picked_reply(told.reply, None)}),
        "status": [str(status.pk), _send_words(str(status))] if status else None,
    }


def missing_words(told: Filled) -> str:
    """What the agent has to write by hand; empty when nothing is missing."""
    if not told.missing:
        return ""
    return _("Fill in by hand: %(names)s") % {"names": ", ".join(told.missing)}


def picked_of(
    ticket: Ticket,
    user: User,
    *,
    typed: Mapping[str, Any],
    kept: Iterable[int] = (),
    picked: int | None = None,
) -> Picked:
    """What the posted fields had inserted, else what the draft `kept`; no statement for nothing.

    `picked` is a choice just made without a script. Files of both are with the draft already.
    """
    posted = typed if isinstance(typed, QueryDict) else QueryDict()
    standing = numbers(posted.getlist("predefined")) if posted else list(kept)
    chosen = list(dict.fromkeys([picked, *standing])) if picked else standing
    ticked = set(numbers(posted.getlist("predefined_files")))
    replies = usable(user, chosen) if chosen else []
    return Picked(
        url=replies_url(ticket.number),
        replies=[_picked_reply(reply, ticked) for reply in replies],
        suggested=replies[0].status_after if picked and replies else None,
    )


def picked_files(said: dict[str, Any], user: User) -> tuple[NewFile, ...]:
    """The ticked files of the inserted replies, ready to be attached once more."""
    wanted = set(said.get("predefined_files") or ())
    replies = usable(user, said.get("predefined") or []) if wanted else []
    return tuple(new for reply in replies for new in files_of(reply, only=wanted))


def files_of(reply: PredefinedReply, *, only: set[int] | None = None) -> tuple[NewFile, ...]:
    """The files of a reply, ready to be attached; `only` leaves out the others."""
    return tuple(
        NewFile(
            filename=row.filename,
            content_type=row.content_type,
            stored=StoredFile(row.sha256, row.size),
        )
        for row in reply.files.all()
        if only is None or row.pk in only
    )


def expected_text(said: dict[str, Any], ticket: Ticket, user: User, *, now: datetime) -> Expected:
    """What the inserted replies say for the ticket as it is before the message is written."""
    replies = usable(user, said.get("predefined") or []) if said.get("predefined") else []
    texts = [filled(reply, ticket, user, now=now).text for reply in replies]
    return Expected(replies, "\n\n".join(texts))


@dataclass(frozen=True)
class Expected:
    """The replies that stand in a text, and that text had nobody edited it."""

    replies: list[PredefinedReply]
    text: str

    def remember(self, message: Message, *, now: datetime) -> None:
        """Note that `message` came out of them, and how far it was edited (R121)."""
        if self.replies:
            share = self.share_of(message.text)
            record_reply_uses(message, replies=self.replies, share=share, now=now)

    def share_of(self, text: str) -> float:
        """How far `text` is from them; nothing was rewritten where none stands in it."""
        return changed_share(self.text, text) if self.replies else 0.0


def _replies(ticket: Ticket, user: User, query: str, now: datetime) -> list[Option]:
    rows = offered(ticket, user, query=query, now=now)
    known = habits(now, pks=[row.pk for row in rows])
    return [
        Option(
            name=row.name,
            code=f"/{row.shortcut}",
            excerpt=excerpt(as_read(row, ticket, user, now=now), 90),
            fact=_("%(count)d ×") % {"count": known[row.pk].count} if row.pk in known else "",
            url=f"{replies_url(ticket.number)}/{row.pk}",
        )
        for row in rows
    ]


def _articles(ticket: Ticket, user: User, query: str) -> list[Option]:
    language = ticket.customer.language
    sentence = str(options.value("tickets.article_sentence"))
    found = [link for source in article_sources.entries() for link in source(user, query, language)]
    return [
        Option(
            name=link.title,
            excerpt=excerpt(link.excerpt, 90),
            text=fill(sentence, {"article.title": link.title, "article.url": link.url}),
        )
        for link in found
    ]


def _count_words(count: int, query: str) -> str:
    if not count:
        return _("Nothing fits “%(query)s”") % {"query": query}
    if not query:
        return ngettext("%(count)d reply", "%(count)d replies", count) % {"count": count}
    return ngettext("%(count)d for “%(query)s”", "%(count)d for “%(query)s”", count) % {
        "count": count,
        "query": query,
    }


def _picked_reply(reply: PredefinedReply, ticked: set[int] | None) -> PickedReply:
    """Of a reply just inserted every file goes out."""
    files = [
        PickedFile(
            str(row.pk), row.filename, filesizeformat(row.size), ticked is None or row.pk in ticked
        )
        for row in reply.files.all()
    ]
    return PickedReply(str(reply.pk), files)


def _send_words(status: str) -> str:
    return _("Send · %(status)s") % {"status": status}
