"""Drafts: kept while typing, gone when sent, back when a reply is withdrawn, shared on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from core.keyset import to_number
from tickets.models import Draft, Message, Ticket

REPLY = Message.Kind.REPLY.value
_TYPED = ("text", "recipients", "predefined", "promise_due_at", "revision", "updated_at")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stands in the composer, address lines as typed; `predefined` stand in the text."""

    text: str
    kind: str = REPLY
    recipients: dict[str, str] = field(default_factory=dict)
    predefined: tuple[int, ...] = ()
    promise_due_at: datetime | None = None


@transaction.atomic
def save_draft(
    ticket: Ticket,
    *,
    user: User,
    typed: Typed,
    revision: int,
    now: datetime,
    was_sent: Callable[[], bool] = lambda: False,
) -> bool:
    """Keep what is typed; a save older than the stored `revision` is dropped. Returns whether kept.

    A sent draft leaves its revision behind, so that a late save cannot bring it back. `was_sent` is
    asked when the row is locked: a message that was being sent meanwhile is committed by then.
    """
    draft = _locked(ticket, user, typed.kind, now)
    if revision <= draft.revision or was_sent():
        return False
    draft.text, draft.recipients = typed.text, typed.recipients
    draft.predefined, draft.promise_due_at = [*typed.predefined], typed.promise_due_at
    draft.revision, draft.updated_at = revision, now
    draft.save(update_fields=_TYPED)
    return True


def discard_draft(ticket: Ticket, *, user: User, now: datetime, kind: str = REPLY) -> None:
    """Empty the draft, or the place where one is about to be saved, and leave the time behind."""
    with connection.cursor() as cursor:
        # One statement, so that a draft saved at the same moment either waits or is emptied.
        cursor.execute(
            "INSERT INTO tickets_draft"
            " (ticket_id, user_id, kind, text, recipients, files, predefined, promise_due_at,"
            " is_shared, revision, updated_at)"
            " VALUES (%s, %s, %s, '', '{}', '[]', '[]', NULL, false, %s, %s)"
            " ON CONFLICT (ticket_id, user_id, kind) DO UPDATE SET text = '', recipients = '{}',"
            " files = '[]', predefined = '[]', promise_due_at = NULL, is_shared = false,"
            " updated_at = excluded.updated_at,"
            " revision = greatest(tickets_draft.revision, excluded.revision)",
            [ticket.pk, user.pk, kind, to_number(now), now],
        )


@transaction.atomic
def restore_draft(ticket: Ticket, *, user: User, back: Draft, now: datetime) -> Draft:
    """Give an unsent reply back, below what is typed already, with its files and its promise.

    `back` is not stored: it says what comes back, and whether colleagues may see it.
    """
    draft = _locked(ticket, user, back.kind, now)
    draft.text = _joined(draft.text, back.text)
    draft.files = [*draft.files, *(fact for fact in back.files if fact not in draft.files)]
    draft.predefined = list(dict.fromkeys([*draft.predefined, *back.predefined]))
    draft.promise_due_at = draft.promise_due_at or back.promise_due_at
    draft.recipients = draft.recipients or back.recipients
    draft.is_shared = draft.is_shared or back.is_shared
    draft.revision, draft.updated_at = max(to_number(now), draft.revision + 1), now
    draft.save()
    return draft


@transaction.atomic
def share_draft(ticket: Ticket, *, user: User, kind: str, shared: str, now: datetime) -> Draft:
    """Let colleagues read this draft and take it over (`shared` is "on"), or no longer ("off")."""
    draft = _locked(ticket, user, kind, now)
    draft.is_shared = shared == "on"
    draft.save(update_fields=["is_shared"])
    return draft


@transaction.atomic
def take_over_draft(draft: Draft, *, user: User, now: datetime) -> Draft | None:
    """Move a colleague's shared draft into one's own; None when somebody was quicker."""
    _hold(draft.ticket)
    found = Draft.objects.select_for_update().filter(pk=draft.pk, is_shared=True).first()
    if found is None or found.user_id == user.pk or not (found.text or found.files):
        return None
    back = found.unstored()
    back.is_shared = False
    discard_draft(found.ticket, user=found.user, now=now, kind=found.kind)
    return restore_draft(found.ticket, user=user, back=back, now=now)


def _locked(ticket: Ticket, user: User, kind: str, now: datetime) -> Draft:
    """The draft, made when there is none."""
    own = Draft.objects.select_for_update().filter(ticket=ticket, user=user, kind=kind)
    if (found := own.first()) is not None:
        return found
    _hold(ticket)
    fresh = {"updated_at": now, "revision": -1}
    return Draft.objects.select_for_update().get_or_create(
        ticket=ticket, user=user, kind=kind, defaults=fresh
    )[0]


def _hold(ticket: Ticket) -> None:
    """The ticket before its drafts, as a message takes them: a new row refers to it."""
    Ticket.objects.select_for_update(no_key=True).filter(pk=ticket.pk).values("pk").first()


def _joined(typed: str, back: str) -> str:
    """Both texts, unless one of them stands there already."""
    if not typed.strip() or typed.strip() == back.strip():
        return back
    return f"{typed.rstrip()}\n\n{back}"


def recipients_of(message: Message) -> dict[str, Any]:
    """The address lines of a message that came back."""
    return {
        "to": ", ".join(message.recipients_to),
        "cc": ", ".join(message.recipients_cc),
        "bcc": ", ".join(message.recipients_bcc),
    }
