"""Drafts: kept while typing, gone when sent, back when a reply is withdrawn."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from tickets.models import Draft, Ticket


@transaction.atomic
def save_draft(
    ticket: Ticket, *, user: User, kind: str, text: str, revision: int, now: datetime
) -> bool:
    """Keep what is typed; a save older than the stored `revision` is dropped. Returns whether kept.

    A sent draft leaves its revision behind, so that a late save cannot bring it back.
    """
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        ticket=ticket,
        user=user,
        defaults={"kind": kind, "text": text, "revision": revision, "updated_at": now},
    )
    if is_new:
        return True
    if revision <= draft.revision:
        return False
    draft.kind, draft.text, draft.revision, draft.updated_at = kind, text, revision, now
    draft.save(update_fields=["kind", "text", "revision", "updated_at"])
    return True


def discard_draft(ticket: Ticket, *, user: User) -> None:
    """Empty the draft but keep its revision."""
    Draft.objects.filter(ticket=ticket, user=user).exclude(text="").update(text="")


def restore_draft(ticket: Ticket, *, user: User, text: str, now: datetime) -> None:
    """Give the text of a withdrawn reply back, unless something new is typed already."""
    draft, is_new = Draft.objects.get_or_create(
        ticket=ticket, user=user, defaults={"text": text, "updated_at": now}
    )
    if not is_new and not draft.text:
        draft.text, draft.kind, draft.updated_at = text, "reply", now
        draft.save(update_fields=["text", "kind", "updated_at"])
