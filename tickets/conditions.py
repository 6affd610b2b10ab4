"""What conditions may ask about a ticket; `tickets.facts` tells how it stands.

Queries about messages ask for the one that opened the ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db.models import Exists, F, Func, Model, OuterRef, Q, Subquery, Value
from django.db.models.functions import Lower, NullIf
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Team, User
from core.conditions import FieldSpec, column, computed, fields, names_of_rows, text
from core.conditions.fields import Names
from core.conditions.operators import FieldKind, folded
from customers.conditions import staff_choices
from tickets import vocabulary
from tickets.custom_fields import conditions as _custom  # noqa: F401 -- registers its family
from tickets.facts import first_messages, ticket_facts, tier_of_team
from tickets.models import Attachment, Priority, Service, Status, Tag, Ticket
from tickets.models.ticket import Channel
from tickets.models.vocabulary import Kind

__all__ = ["ticket_facts"]


def _choices(rows: Callable[[], Iterable[Model]]) -> Callable[[], list[tuple[Any, str]]]:
    return lambda: [(row.pk, str(row)) for row in rows()]


def _tags(op: str, value: Any) -> Q:
    """Tags by their words: a tag nobody uses any more is on no ticket."""
    links = Ticket.tags.through.objects.filter(ticket=OuterRef("pk"))
    if op == "is_empty":
        return ~Q(Exists(links))
    if op == "contains_all":
        return Q(*(_tags("contains_any", [name]) for name in value))
    tags = Tag.objects.annotate(word=Lower("name")).filter(word__in=[*map(folded, value)])
    carried = Q(Exists(links.filter(tag__in=tags)))
    return ~carried if op == "contains_none" else carried


def _opening(column: str) -> Subquery:
    """A column of the message that opened the ticket."""
    return Subquery(first_messages().filter(ticket=OuterRef("pk")).values(column)[:1])


def _domain() -> Func:
    last = Value(-1)
    return Func(_opening("author_email"), Value("@"), last, function="split_part")


def _has_files(_op: str, value: Any) -> Q:
    opening = first_messages().filter(ticket=OuterRef(OuterRef("pk"))).values("pk")[:1]
    files = Q(Exists(Attachment.objects.filter(message=Subquery(opening))))
    return files if value else ~files


def _known(path: str) -> Callable[[], NullIf]:
    """A column of words in which an empty text says "nothing"."""
    return lambda: NullIf(F(path), Value(""))


def _field(key: str, label: Any, kind: FieldKind, **more: Any) -> None:
    fields.register(key, FieldSpec(key=key, label=label, kind=kind, **more))


def _ticket_field(key: str, label: Any, kind: FieldKind, **more: Any) -> None:
    _field(key, label, kind, group=_("Ticket"), **{"query": column(key), **more})


def _row_field(key: str, label: Any, rows: Callable[[], Iterable[Model]], names: Names) -> None:
    """A row of the vocabulary, and, for rules about changes, the one it was before."""
    choices = _choices(rows)
    _ticket_field(key, label, "choice", choices=choices, names=names)
    _before_field(key, label, choices=choices, names=names)


def _before_field(key: str, label: Any, **more: Any) -> None:
    told = format_lazy(_("{field} before the change"), field=label)
    _field(f"previous_{key}", told, "choice", group=_("Change"), **more)


_KINDS: Final = {"choices": lambda: list(Kind.choices)}
_PEOPLE: Final = {"choices": staff_choices, "names": names_of_rows(User.objects.staff)}

_row_field(
    "department", _("Department"), vocabulary.departments, names_of_rows(Department.objects.all)
)
_row_field("service", _("Service"), vocabulary.services, names_of_rows(Service.objects.all))
_ticket_field("channel", _("Channel"), "choice", choices=lambda: list(Channel.choices))
_row_field("priority", _("Priority"), vocabulary.priorities, names_of_rows(Priority.objects.all))
_row_field("status", _("Status"), vocabulary.statuses, names_of_rows(Status.objects.all))
_ticket_field("status_kind", _("Kind of status"), "choice", **_KINDS)
_before_field("status_kind", _("Kind of status"), **_KINDS)
_ticket_field("tags", _("Tags"), "set", query=_tags)
_ticket_field("assignee", _("Assigned to"), "choice", **_PEOPLE)
_before_field("assignee", _("Assigned to"), **_PEOPLE)
_ticket_field(
    "team_tier",
    _("Tier of the assignee's team"),
    "choice",
    choices=lambda: list(Team.Tier.choices),
    query=computed(lambda: tier_of_team("assignee")),
)
_ticket_field("escalation_level", _("Escalation level"), "number")
_ticket_field(
    "sla_state",
    _("State of the deadline"),
    "choice",
    choices=lambda: [choice for choice in Ticket.SlaState.choices if choice[0]],
    query=computed(_known("sla_state")),
)
_ticket_field("message_count", _("Number of messages"), "number")
_ticket_field("reopened_count", _("How often it was reopened"), "number")

for _key, _label in (
    ("created_at", _("Created")),
    ("updated_at", _("Updated")),
    ("last_customer_at", _("Last message of the customer")),
    ("last_staff_at", _("Last message of staff")),
    ("last_human_at", _("Last message of a person")),
):
    _field(_key, _label, "date", group=_("Time"), query=column(_key))
_field(
    "hours",
    _("Now, in the department's calendar"),
    "choice",
    group=_("Time"),
    choices=lambda: [
        ("open", _("within hours")),
        ("closed", _("outside hours of a working day")),
        ("weekend", _("a weekend")),
        ("holiday", _("a holiday")),
    ],
)

_MESSAGE: Final = _("Message")
_field("subject", _("Subject"), "words", group=_MESSAGE)
_field("body", _("Text"), "words", group=_MESSAGE)
_field("subject_body", _("Subject or text"), "words", group=_MESSAGE)
_field(
    "sender_address",
    _("Sender's address"),
    "text",
    group=_MESSAGE,
    query=text(lambda: _opening("author_email")),
)
_field("sender_domain", _("Sender's domain"), "text", group=_MESSAGE, query=text(_domain))
_field(
    "to_address",
    _("Addressed to"),
    "set",
    group=_MESSAGE,
    hint=_("Mail addresses, separated by commas"),
)
_field("has_attachment", _("Carries a file"), "bool", group=_MESSAGE, query=_has_files)

_field(
    "changed",
    _("What changed"),
    "set",
    group=_("Change"),
    hint=_("Such as priority, department or assignee, separated by commas"),
)
_field("survey_score", _("Score of the survey"), "number", group=_("Change"))
