"""What the composer and the cards beside the thread need of a ticket: parts of one statement."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, JSONObject, Left, NullIf

from accounts.models import User
from customers.models import CustomerAddress
from tickets.models import Draft, Follower, Message, ScheduledReply

OFFERED = 20
LINE = 80


def writing_facts(user: User) -> dict[str, Any]:
    """Annotations of a ticket: own and shared drafts, what waits, whom and what one may choose."""
    return {
        "follower_emails": _followers(is_hidden=False),
        "hidden_emails": _followers(is_hidden=True),
        "customer_emails": _addresses(),
        "own_drafts": _drafts(Q(user=user.pk)),
        "shared_drafts": _drafts(Q(is_shared=True) & ~Q(user=user.pk) & ~Q(text="")),
        "waiting_replies": _waiting(),
        "forwardable": _forwardable(),
    }


def _followers(*, is_hidden: bool) -> ArraySubquery:
    rows = Follower.objects.filter(ticket=OuterRef("pk"), is_hidden=is_hidden)
    return ArraySubquery(rows.order_by("pk").values("email"))


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


def _name(field: str) -> Coalesce:
    return Coalesce(NullIf(F(f"{field}__name"), Value("")), f"{field}__email")
