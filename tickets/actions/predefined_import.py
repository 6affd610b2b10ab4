"""Bringing many predefined replies in at once: a statement for each table, not for each line."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import audit
from tickets.models import PredefinedReply, PredefinedText
from tickets.predefined_csv import Plan, Wanted, plan_of

_FIELDS = ("name", "folder", "type", "department", "status_after", "archived_at")


@transaction.atomic
def import_predefined(content: str, *, user: User, now: datetime) -> Plan:
    """Apply a table to the library: new ones added, others changed by shortcut, none removed.

    Lines in trouble are left out and named in the answer. Applied twice, it changes nothing the
    second time. Audited in one line. Raises ValidationError for no table at all.
    """
    # Two imports at once would both add what neither found.
    rows = PredefinedReply.objects.select_for_update(of=("self",)).changeable_by(user)
    list(rows.values_list("pk", flat=True))
    plan = plan_of(content, user=user)
    _add(plan.new, now)
    _change(plan.changed, now)
    if plan.has_work:
        facts = {"added": len(plan.new), "changed": len(plan.changed)}
        audit.record("imported", "tickets.predefinedreply", actor=user, after=facts, now=now)
    return plan


def _add(wanted: list[Wanted], now: datetime) -> None:
    last = PredefinedReply.objects.order_by("-position").values_list("position", flat=True).first()
    rows = [
        PredefinedReply(
            **one.fields,
            position=(last or 0) + 10 * place,
            archived_at=now if one.is_archived else None,
        )
        for place, one in enumerate(wanted, start=1)
    ]
    PredefinedReply.objects.bulk_create(rows)
    _write_texts(list(zip(rows, wanted, strict=True)))


def _change(pairs: list[tuple[PredefinedReply, Wanted]], now: datetime) -> None:
    for reply, one in pairs:
        for name, value in one.fields.items():
            setattr(reply, name, value)
        if one.is_archived != (reply.archived_at is not None):
            reply.archived_at = now if one.is_archived else None
    replies = [reply for reply, _one in pairs]
    PredefinedReply.objects.bulk_update(replies, _FIELDS, batch_size=500)
    PredefinedText.objects.filter(reply__in=replies).delete()
    _write_texts(pairs)


def _write_texts(pairs: list[tuple[PredefinedReply, Wanted]]) -> None:
    PredefinedText.objects.bulk_create(
        (
            PredefinedText(reply=reply, language=language, body=body, position=position)
            for reply, one in pairs
            for position, (language, body) in enumerate(one.texts)
        ),
        batch_size=1_000,
    )
