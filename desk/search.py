"""Search: a number leads on, an address finds its people, words and operators tickets (A-12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.keyset import PAGE, Order, Page, beyond, paged, read_cursor
from core.registries import ArticleLink, article_sources
from customers.finding import similar_to, with_text
from customers.models import Customer
from desk.dressing import TicketRows, ticket_rows
from desk.links import customer_url, permalink, search_url, views_url
from desk.rows import Facts, facts_of
from desk.search_as_view import can_be_kept
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.searching.file_passages import file_passages
from tickets.searching.language import Search
from tickets.searching.meaning import Meaning, Reader, having, meaning_of
from tickets.searching.passages import Passage, passages
from tickets.searching.suggestions import tags_like

MAX_PEOPLE = 8
MAX_MESSAGES = 8
MAX_ARTICLES = 5
MIN_LENGTH = 2
_LISTS = ("tickets", "messages", "people", "similar", "articles", "suggestions")
# What a search that takes too long is answered from instead.
NEWEST_ONLY = 2_000
NEWEST_FIRST = Order(("id",), is_descending=True)


@dataclass(frozen=True)
class FoundPerson:
    """A customer as one line."""

    pk: str
    url: str
    name: str
    facts: str


@dataclass(frozen=True)
class FoundMessage:
    """A message as one line: of which ticket, by whom, when, what it says."""

    url: str
    title: str
    text: SafeString
    author: str
    when: SafeString


@dataclass(frozen=True)
class Suggestion:
    """What may have been meant, as a search of its own."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """What was found; more than fits is paged, never counted."""

    text: str
    is_asked: bool
    hints: tuple[str, ...] = ()
    tickets: TicketRows
    messages: list[FoundMessage]
    people: list[FoundPerson]
    similar: list[FoundPerson]
    articles: list[ArticleLink]
    suggestions: list[Suggestion]
    previous_url: str = ""
    next_url: str = ""
    is_narrowed: bool = False
    words: str = ""
    save_url: str = ""

    @property
    def has_anything(self) -> bool:
        return bool(self.tickets or self.people or self.articles)


def results(user: User, query: QueryDict, *, now: datetime, is_narrowed: bool = False) -> Results:
    """Tickets by words and operators, the newest first, and what else is called so.

    `is_narrowed` looks only at the newest tickets, for what takes too long among all.
    """
    meaning = meaning_of(query.get("q", ""), Reader(user, now))
    search = meaning.search
    if len(search.text) < MIN_LENGTH:
        return _nothing_asked(search.text)
    page = _page(user, meaning, query, is_narrowed=is_narrowed)
    said = passages([row.id for row in page.rows], search.found_words)
    is_first = not (query.get("after") or query.get("before"))
    people = find_people(user, search.text) if is_first and not search.terms else []
    is_missed = search.is_plain and not page.rows and not people
    rows = _with_passages(page.rows, said, search.found_words, now=now)
    return Results(
        text=search.text,
        is_asked=True,
        hints=meaning.hints,
        tickets=rows,
        messages=_messages(page.rows, said, now=now),
        people=people,
        similar=_similar(user, search) if is_missed else [],
        articles=_articles(user, search) if is_first else [],
        suggestions=_suggestions(search) if is_missed else [],
        previous_url=search_url(q=search.text, before=page.previous) if page.previous else "",
        next_url=search_url(q=search.text, after=page.next) if page.next else "",
        is_narrowed=is_narrowed,
        words=_words(len(rows), len(people)),
        save_url=views_url(part="add", search=search.text) if can_be_kept(search) else "",
    )


def find_people(user: User, text: str) -> list[FoundPerson]:
    """Customers whose name, organisation or address has `text`."""
    found = with_text(Customer.objects.visible_to(user), text).order_by("-pk")
    return _people(found.select_related("organisation")[:MAX_PEOPLE])


def _nothing_asked(text: str) -> Results:
    nothing: dict[str, Any] = {name: [] for name in _LISTS}
    return Results(text=text, is_asked=False, **nothing)


def _page(user: User, meaning: Meaning, query: QueryDict, *, is_narrowed: bool) -> Page[Facts]:
    seen = Ticket.objects.visible_to(user).filter(merged_into=None)
    if is_narrowed:
        seen = seen.filter(pk__in=_newest())
    cursor = read_cursor(query.get("after", ""), query.get("before", ""), NEWEST_FIRST)
    found = facts_of(beyond(_found(seen, meaning), NEWEST_FIRST, cursor), user, PAGE + 1)
    return paged(found, cursor, lambda row: [row.id])


def _newest() -> list[int]:
    rows = Ticket.objects.order_by("-pk").values_list("pk", flat=True)
    return list(rows[:NEWEST_ONLY])


def _found(seen: TicketQuerySet, meaning: Meaning) -> TicketQuerySet:
    """An address alone finds the tickets of its owner, whatever they say."""
    text = meaning.search.text
    if "@" in text and " " not in text and not meaning.search.terms:
        return seen.filter(customer__addresses__value=text.lower())
    return having(seen, meaning)


def _with_passages(
    found: list[Facts], said: list[Passage], words: Sequence[str], *, now: datetime
) -> TicketRows:
    """Lines as in the queue, with the passage that was found in place of the newest one."""
    rows = ticket_rows(found, now=now)
    told: dict[int, tuple[SafeString, SafeString | str]] = {}
    for passage in said:
        told.setdefault(passage.ticket_id, (_sentence(passage, now=now), ""))
    for file in file_passages([facts.id for facts in found if facts.id not in told], words):
        sentence = format_html("{} · {}", file.filename, file.text)
        told[file.ticket_id] = (sentence, ui.icon("paperclip", size="s", label=_("File")))
    for place, facts in enumerate(found):
        if facts.id in told:
            preview, mark = told[facts.id]
            rows[place] = rows[place]._replace(preview=preview, preview_mark=mark)
    return rows


def _sentence(passage: Passage, *, now: datetime) -> SafeString:
    return format_html(
        "{} · {} · {}",
        passage.author or _("Somebody"),
        ui.time_ago(passage.at, now=now),
        passage.text,
    )


def _messages(found: list[Facts], said: list[Passage], *, now: datetime) -> list[FoundMessage]:
    """Messages beyond the one each ticket shows of itself."""
    tickets = {facts.id: facts for facts in found}
    shown: set[int] = set()
    rows = []
    for passage in said:
        facts = tickets[passage.ticket_id]
        if facts.id in shown:
            rows.append(_message(facts, passage, now=now))
        shown.add(facts.id)
    return rows[:MAX_MESSAGES]


def _message(facts: Facts, passage: Passage, *, now: datetime) -> FoundMessage:
    return FoundMessage(
        url=permalink(facts.number, passage.message_id),
        title=f"#{facts.number} {facts.subject or _('(no subject)')}",
        text=passage.text,
        author=passage.author or _("Somebody"),
        when=ui.time_ago(passage.at, now=now),
    )


def _similar(user: User, search: Search) -> list[FoundPerson]:
    return _people(similar_to(Customer.objects.visible_to(user), search.text))


def _suggestions(search: Search) -> list[Suggestion]:
    """Tags that are written nearly so."""
    meant = [f'tag:"{name}"' for name in tags_like(search.text)]
    return [Suggestion(text, search_url(q=text)) for text in meant]


def _articles(user: User, search: Search) -> list[ArticleLink]:
    if not search.is_plain:
        return []
    language = get_language() or ""
    sources = article_sources.entries()
    found = [link for source in sources for link in source(user, search.text, language)]
    return found[:MAX_ARTICLES]


def _people(customers: Iterable[Customer]) -> list[FoundPerson]:
    return [
        FoundPerson(str(row.pk), customer_url(row.pk), row.display_name, _facts(row))
        for row in customers
    ]


def _words(tickets: int, people: int) -> str:
    of_tickets = ngettext("%(count)d ticket found", "%(count)d tickets found", tickets)
    of_people = ngettext("%(count)d customer found", "%(count)d customers found", people)
    return f"{of_tickets % {'count': tickets}} · {of_people % {'count': people}}"


def _facts(customer: Customer) -> str:
    organisation = customer.organisation.name if customer.organisation else ""
    return " · ".join(part for part in (organisation, customer.email) if part)
