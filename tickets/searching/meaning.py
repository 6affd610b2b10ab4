"""What a search means to one reader: operators become conditions, the rest words and hints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import DepartmentAddress, User
from core.estimates import rows_expected
from customers.finding import ids_with_text
from tickets import vocabulary
from tickets.models import Attachment, Message, SearchDocument, Tag, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.models.vocabulary import Kind
from tickets.searching.language import Search, Term, Unknown, parse, plain_words
from tickets.searching.operators import (
    channel_values,
    day_of,
    has_values,
    is_values,
    names_of,
    operator_names,
    people_values,
)

_DAY = timedelta(days=1)
# Of so many customers the tickets are named one by one; of an address so many newest messages.
MOST_PEOPLE, MOST_SENT = 1_000, 5_000
# Documents with rare words: as many as the planner expects at most, and as many as are named.
FEW_EXPECTED, MOST_LOOKED_UP = 2_000, 5_000
# Beyond these no ticket was written, and moments near the ends of time overflow.
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


@dataclass(frozen=True)
class Reader:
    """Who asks, and when."""

    user: User
    now: datetime


@dataclass(frozen=True)
class Meaning:
    """Conditions on tickets beside the words, and what to tell the reader."""

    search: Search
    conditions: Q
    hints: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.search.words and not self.conditions


@dataclass(frozen=True)
class Miss:
    """No value is called so; `known` are those that are."""

    known: Iterable[str] = ()


Answer = Q | Miss


def meaning_of(text: str, reader: Reader) -> Meaning:
    """Read `text` for `reader`. Values that mean nothing are searched as words, with a hint."""
    names = operator_names()
    search, conditions, hints = parse(text, names), Q(), []
    hints += [hint for one in search.unknown if (hint := _name_hint(one, names))]
    extra = []
    for term in search.terms:
        answer = OPERATORS[term.name](term.value, reader)
        if isinstance(answer, Miss):
            hints.append(_value_hint(term, answer))
            extra.append(replace(plain_words(term.typed), is_negated=term.is_negated))
        else:
            conditions &= ~answer if term.is_negated else answer
    words = (*search.words, *(one for one in extra if one.words))
    return Meaning(replace(search, words=words), conditions, tuple(hints))


def having(tickets: TicketQuerySet, meaning: Meaning) -> TicketQuerySet:
    """Those of `tickets` that a search means; none when it means nothing."""
    if meaning.is_empty:
        return tickets.none()
    found = tickets.filter(meaning.conditions)
    query = meaning.search.words_query()
    return found.filter(_saying(query)) if query else found


def _saying(query: str) -> Q:
    """The tickets whose documents say it.

    Rare words are looked up first: the planner would read every ticket that has one to find the
    newest fifty. Of common ones it reads the newest tickets until there are fifty.
    """
    words = SearchQuery(query, search_type="raw", config="simple")
    documents = SearchDocument.objects.filter(vector=words)
    if rows_expected(documents) <= FEW_EXPECTED:
        ids = list(documents.values_list("pk", flat=True)[: MOST_LOOKED_UP + 1])
        if len(ids) <= MOST_LOOKED_UP:
            return Q(pk__in=ids)
    return Q(search_document__vector=words)


def _status(value: str, _reader: Reader) -> Answer:
    rows = names_of((row.slug, row.name, row.pk) for row in vocabulary.statuses())
    return _one("status", value, rows)


def _priority(value: str, _reader: Reader) -> Answer:
    rows = names_of((row.slug, row.name, row.pk) for row in vocabulary.priorities())
    return _one("priority", value, rows)


def _department(value: str, _reader: Reader) -> Answer:
    rows = names_of((row.slug, row.name, row.pk) for row in vocabulary.departments())
    return _one("department", value, rows)


def _service(value: str, _reader: Reader) -> Answer:
    rows = names_of((row.slug, row.name, row.pk) for row in vocabulary.services())
    return _one("service", value, rows)


def _channel(value: str, _reader: Reader) -> Answer:
    known = channel_values()
    found = known.get(value.casefold())
    return Q(channel=found) if found else Miss(known)


def _tag(value: str, _reader: Reader) -> Answer:
    pk = Tag.objects.filter(name__iexact=value).values_list("pk", flat=True).first()
    if pk is None:
        return Miss(Tag.objects.values_list("name", flat=True)[:1000])
    carried = Ticket.tags.through.objects.filter(ticket=OuterRef("pk"), tag=pk)
    return Q(Exists(carried))


def _assignee(value: str, reader: Reader) -> Answer:
    word = people_values().get(value.casefold(), "")
    if word:
        return Q(assignee=reader.user.pk) if word == "me" else Q(assignee=None)
    staff = User.objects.staff()
    found = list(staff.filter(Q(name__icontains=value) | Q(email__iexact=value))[:20])
    if not found:
        return Miss(staff.values_list("name", flat=True)[:1000])
    return Q(assignee__in=[user.pk for user in found])


def _from(value: str, _reader: Reader) -> Answer:
    """Customers are looked up first; when too many are called so, the words of documents."""
    people = ids_with_text(value, most=MOST_PEOPLE)
    if people is not None:
        return Q(customer__in=people)
    named = SearchQuery(plain_words(value).named, search_type="raw", config="simple")
    return Q(search_document__vector=named)


def _to(value: str, _reader: Reader) -> Answer:
    """An address of a department, or one that something was sent to.

    Both are looked up first: as a condition on every ticket they would be asked of all of them.
    """
    address = value.lower()
    if "@" not in address:
        return Miss()
    ours = DepartmentAddress.objects.filter(email__iexact=address)
    departments = list(ours.values_list("department_id", flat=True))
    sent = Q(pk__in=Message.objects.sent_to(address).ticket_ids(MOST_SENT))
    return Q(department__in=departments) | sent if departments else sent


def _has(value: str, _reader: Reader) -> Answer:
    word = has_values().get(value.casefold())
    if word == "attachment":
        kept = Attachment.objects.kept().filter(ticket=OuterRef("pk"), is_inline=False)
        return Q(Exists(kept))
    if word == "note":
        return Q(Exists(Message.objects.filter(ticket=OuterRef("pk"), kind=Message.Kind.NOTE)))
    return Miss(has_values())


def _is(value: str, reader: Reader) -> Answer:
    meant = {
        "open": Q(is_open=True),
        "closed": Q(is_open=False, is_spam=False),
        "spam": Q(is_spam=True),
        "mine": Q(assignee=reader.user.pk),
        "unassigned": Q(assignee=None, is_open=True),
        "escalated": Q(is_open=True) & (Q(escalation_level__gt=0) | Q(status_kind=Kind.ESCALATED)),
    }
    word = is_values().get(value.casefold())
    return meant[word] if word else Miss(is_values())


def _before(value: str, reader: Reader) -> Answer:
    day = _day(value, reader)
    return Miss() if day is None else Q(created_at__lt=_start(day))


def _after(value: str, reader: Reader) -> Answer:
    day = _day(value, reader)
    return Miss() if day is None else Q(created_at__gte=_start(day + _DAY))


def _on(value: str, reader: Reader) -> Answer:
    day = _day(value, reader)
    if day is None:
        return Miss()
    return Q(created_at__gte=_start(day), created_at__lt=_start(day + _DAY))


def _number(value: str, _reader: Reader) -> Answer:
    return Q(number=int(value))


OPERATORS: dict[str, Callable[[str, Reader], Answer]] = {
    "status": _status,
    "from": _from,
    "to": _to,
    "tag": _tag,
    "department": _department,
    "assignee": _assignee,
    "priority": _priority,
    "service": _service,
    "channel": _channel,
    "has": _has,
    "is": _is,
    "before": _before,
    "after": _after,
    "on": _on,
    "number": _number,
}


def _one(column: str, value: str, known: Mapping[str, int]) -> Answer:
    pk = known.get(value.casefold())
    return Miss(known) if pk is None else Q(**{column: pk})


def _day(value: str, reader: Reader) -> date | None:
    day = day_of(value, timezone.localtime(reader.now).date())
    return day if day and _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _start(day: date) -> datetime:
    """Midnight of the reader."""
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _name_hint(one: Unknown, names: Mapping[str, str]) -> str:
    """Only when something was nearly meant: http: and Re: are words as others are."""
    near = get_close_matches(one.name, names, n=1)
    if not near:
        return ""
    text = _("There is no “%(name)s:”. Did you mean “%(near)s:”?")
    return text % {"name": one.name, "near": near[0]}


def _value_hint(term: Term, miss: Miss) -> str:
    facts = {"name": term.name, "value": term.value}
    near = get_close_matches(term.value.casefold(), miss.known, n=1)
    if near:
        text = _("Nothing is called “%(name)s:%(value)s”. Did you mean “%(name)s:%(near)s”?")
        return text % {**facts, "near": near[0]}
    return _("Nothing is called “%(name)s:%(value)s”, so it was searched as words.") % facts
