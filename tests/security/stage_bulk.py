"""What steps over many tickets bring to the stage: a run with a refusal."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from tickets.actions import BulkWish, finish_bulk, start_bulk
from tickets.models import BulkRun, Ticket


def bulk_run(ticket: Ticket, refused: Ticket, *, manager: User, now: datetime) -> BulkRun:
    """One ticket was changed, and again by somebody since; the other was refused."""
    wish = BulkWish(step="spam", ticket_ids=[ticket.pk, refused.pk], unseen=1)
    run = start_bulk(wish, user=manager, now=now)
    rows = run.rows
    rows.filter(ticket=ticket).update(
        state="done", before={"is_spam": True}, after={"is_spam": True}
    )
    rows.filter(ticket=refused).update(state="refused", reason="Somebody else was changing it.")
    return finish_bulk(run, now=now)
