"""What the composer and the cards beside the thread need of a ticket: parts of one statement."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, JSONField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, Left, NullIf

from calendars.models import BusinessCalendar, CalendarVersion
from customers.models import CustomerAddress
from tickets.models import Draft, Follower, Message, ScheduledReply

OFFERED = 20
LINE = 80


def writing_facts(user: int, *, answers: int | None = None) -> dict[str, Any]:
    """Annotations of a ticket: own and shared drafts, what waits, whom and what one may choose.

    `user` is the key of who writes; `answers` is the message whose author is written to, instead
    of whoever spoke last.
    """
    return {
        "follower_emails": _followers_of("pk", is_hidden=False),
        "hidden_emails": _followers_of("pk", is_hidden=True),
        "customer_emails": _addresses(),
        "own_drafts": _drafts(Q(user=user)),
        "shared_drafts": _drafts(Q(is_shared=True) & ~Q(user=user) & ~Q(text="")),
        "waiting_replies": _waiting(),
        "forwardable": _forwardable(),
        "speaker": _speaker(answers),
        "hours_version": _hours(),
    }


def _addresses() -> ArraySubquery:
    rows = CustomerAddress.objects.filter(customer=OuterRef("customer"), kind="email")
    return ArraySubquery(rows.order_by("pk").values("value")[:OFFERED])


def _drafts(whose: Q) -> ArraySubquery:
    rows = Draft.objects.filter(whose, ticket=OuterRef("pk")).exclude(text="", files=[])
    facts = JSONObject(
        pk="pk",
        kind="kind",
        text="text",
        recipients="recipients",
        files="files",
        predefined="predefined",
        promise_due_at="promise_due_at",
        is_shared="is_shared",
        author=_name("user"),
    )
    return ArraySubquery(rows.order_by("-updated_at").values(facts=facts))


def _waiting() -> ArraySubquery:
    rows = ScheduledReply.objects.waiting().filter(ticket=OuterRef("pk"))
    facts = JSONObject(
        pk="pk",
        text="text",
        files="files",
        due_at="due_at",
        author_id="author_id",
        author=_name("author"),
    )
    return ArraySubquery(rows.order_by("due_at").values(facts=facts))


def _forwardable() -> ArraySubquery:
    """Never a note, nothing held or redacted."""
    public = Message.objects.public().filter(ticket=OuterRef("pk"), redacted_at=None)
    author = Coalesce(NullIf(F("author_name"), Value("")), "author_email")
    facts = JSONObject(pk="pk", author=author, text=Left("text", LINE))
    return ArraySubquery(public.order_by("-pk").values(facts=facts)[:OFFERED])


def _speaker(answers: int | None) -> Subquery:
    """The other customer who spoke last where tickets of several were merged; else empty."""
    said = Message.objects.filter(ticket=OuterRef("pk"), kind=Message.Kind.INBOUND)
    said = said.filter(is_automatic=False) if answers is None else said.filter(pk=answers)
    facts = JSONObject(
        customer="origin__customer_id",
        name="origin__customer__name",
        email="origin__customer__email",
        followers=_followers_of("origin", is_hidden=False),
        hidden=_followers_of("origin", is_hidden=True),
    )
    return Subquery(said.order_by("-pk").values(facts=facts)[:1], output_field=JSONField())


def _hours() -> Subquery:
    """The version of the calendar the department works by."""
    house = BusinessCalendar.objects.filter(is_default=True).values("pk")[:1]
    calendar = Coalesce(OuterRef("department__calendar"), Subquery(house))
    versions = CalendarVersion.objects.filter(calendar=calendar).order_by("-pk")
    return Subquery(versions.values("pk")[:1])


def _followers_of(ticket: str, *, is_hidden: bool) -> ArraySubquery:
    rows = Follower.objects.filter(ticket=OuterRef(ticket), is_hidden=is_hidden)
    return ArraySubquery(rows.order_by("pk").values("email"))


def _name(field: str) -> Coalesce:
    return Coalesce(NullIf(F(f"{field}__name"), Value("")), f"{field}__email")
