"""Notes of staff about a customer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import audit
from customers.models import Customer, CustomerNote


@transaction.atomic
def add_note(customer: Customer, *, text: str, actor: User, now: datetime) -> CustomerNote:
    """Write something down about a customer. Audited."""
    note = CustomerNote.objects.create(customer=customer, author=actor, text=text, created_at=now)
    audit.record("customer_note_added", customer, actor=actor, now=now)
    return note


@transaction.atomic
def pin_note(note: CustomerNote, *, pinned: bool, actor: User, now: datetime) -> CustomerNote:
    """Keep a note at the top, or let it go."""
    if note.is_pinned != pinned:
        note.is_pinned = pinned
        note.save(update_fields=["is_pinned"])
        after = {"note": note.pk, "pinned": pinned}
        audit.record("changed", note.customer, actor=actor, after=after, now=now)
    return note


@transaction.atomic
def remove_note(note: CustomerNote, *, actor: User, now: datetime) -> None:
    """Throw a note away; its words stay in the audit log."""
    audit.record("changed", note.customer, actor=actor, before={"note": note.text}, now=now)
    note.delete()
