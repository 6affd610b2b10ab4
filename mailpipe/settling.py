"""How a row of the outbox ended, mirrored on the message the agent sees."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core import outbox
from core.models import Delivery
from customers.actions import flag_undeliverable
from mailpipe.addresses import canonical
from mailpipe.gateway import FAILED, RETRY, Result
from mailpipe.models import OutgoingMail
from mailpipe.queueing import OUTBOX
from tickets.actions import mark_delivery
from tickets.actions.delivery import DeliveryNews
from tickets.models import Message

State = Message.DeliveryState


@transaction.atomic
def settle_results(row: OutgoingMail, *, results: dict[str, Result], now: datetime) -> None:
    """Keep each recipient's result; the row is done when nobody is left to try again."""
    row.recipient_results |= {email: asdict(result) for email, result in results.items()}
    row.save(update_fields=["recipient_results"])
    left = [result for result in results.values() if result.state == RETRY]
    if left:
        outbox.settle_retry(row, error=str(left[0]), now=now)
    elif _was_taken(row):
        outbox.settle_sent(row, now=now)
    else:
        outbox.settle_failed(row, error=failures(row), now=now)
    for email, result in results.items():
        if result.names_nobody:
            flag_undeliverable(canonical(email), is_permanent=True, now=now)
    _blank_secrets(row)
    _show(row, now=now)


@transaction.atomic
def settle_kept(row: OutgoingMail, *, now: datetime) -> None:
    """No mail server is configured; the outbox page shows the row."""
    outbox.settle_kept(row, now=now)
    _show(row, now=now)


@transaction.atomic
def settle_refused(row: OutgoingMail, *, error: str, now: datetime) -> None:
    """We ourselves can't send this one, and trying again won't help."""
    outbox.settle_failed(row, error=error, now=now)
    _show(row, now=now)


@transaction.atomic
def settle_unreached(rows: QuerySet[OutgoingMail], *, error: str, now: datetime) -> None:
    """The server is away: rows wait as they are, save those that waited for days."""
    rows.filter(state=Delivery.State.PENDING).update(last_error=error)
    for row in rows.filter(created_at__lt=now - outbox.GIVE_UP_AFTER).select_for_update(
        skip_locked=True, of=("self",)
    ):
        settle_refused(row, error=error, now=now)


@transaction.atomic
def settle_abandoned(*, now: datetime) -> None:
    """Show on the message what the claim set aside as dead after too many crashes."""
    dead = OutgoingMail.objects.filter(
        state=Delivery.State.DEAD, message__delivery_state=State.QUEUED
    )
    for row in dead.select_related("message"):
        _show(row, now=now)


def failures(row: OutgoingMail) -> str:
    """Who was not reached and why, in the servers' words."""
    return "; ".join(
        f"{email}: {result['code'] or ''} {result['words']}".replace(":  ", ": ")
        for email, result in row.recipient_results.items()
        if result["state"] == FAILED
    )


def _was_taken(row: OutgoingMail) -> bool:
    return any(result["state"] == "sent" for result in row.recipient_results.values())


def _blank_secrets(row: OutgoingMail) -> None:
    """Codes and links of account mails vanish once they are sent (ARCHITECTURE 3)."""
    if row.state == Delivery.State.SENT and row.sealed_body is not None:
        row.sealed_body = None
        row.save(update_fields=["sealed_body"])


def _show(row: OutgoingMail, *, now: datetime) -> None:
    if row.message is None:
        return
    mark_delivery(row.message, news=_news(row), actor=OUTBOX, now=now)


def _news(row: OutgoingMail) -> DeliveryNews:
    refused = failures(row)
    match row.state:
        case Delivery.State.SENT if not refused:
            return DeliveryNews(state=State.SENT)
        case Delivery.State.KEPT:
            return DeliveryNews(state=State.KEPT)
        case Delivery.State.PENDING:
            return DeliveryNews(state=State.QUEUED, detail=row.last_error)
        case _:
            return DeliveryNews(state=State.FAILED, detail=refused or row.last_error)
