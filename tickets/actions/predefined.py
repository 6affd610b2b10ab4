"""The library of predefined replies: saved, archived, removed; and which message came out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from tickets.content import NewFile
from tickets.models import Message, PredefinedFile, PredefinedReply, PredefinedText, ReplyUse


@dataclass(frozen=True, kw_only=True)
class ReplyFacts:
    """What a predefined reply is to be; `texts` are language and body, the default one first.

    `kept` are the ids of files that stay, `added` come after them.
    """

    fields: Mapping[str, Any]
    texts: Sequence[tuple[str, str]]
    kept: frozenset[int] = frozenset()
    added: tuple[NewFile, ...] = field(default=())


@transaction.atomic
def save_predefined(
    reply: PredefinedReply | None, *, facts: ReplyFacts, actor: User, now: datetime
) -> PredefinedReply:
    """Make or change a reply with its texts and files. Audited, when somebody else uses it too."""
    is_new = reply is None
    if reply is None:
        reply = PredefinedReply(position=_last_position() + 10)
    else:
        reply = PredefinedReply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    before = {} if is_new else _words(reply)
    for name, value in facts.fields.items():
        setattr(reply, name, value)
    reply.save()
    _write_texts(reply, facts.texts)
    _write_files(reply, facts)
    if reply.owner_id is None:
        verb = "created" if is_new else "changed"
        audit.record(verb, reply, actor=actor, before=before, after=_words(reply), now=now)
    return reply


@transaction.atomic
def archive_predefined(reply: PredefinedReply, *, actor: User, now: datetime) -> None:
    """Out of the picker; its uses stay counted."""
    _set_archived(reply, moment=now, verb="archived", actor=actor, now=now)


@transaction.atomic
def restore_predefined(reply: PredefinedReply, *, actor: User, now: datetime) -> None:
    """Back in the picker."""
    _set_archived(reply, moment=None, verb="restored", actor=actor, now=now)


@transaction.atomic
def remove_predefined(reply: PredefinedReply, *, actor: User, now: datetime) -> None:
    """Delete it; messages that came out of it stay as they are."""
    if reply.owner_id is None:
        audit.record("removed", reply, actor=actor, before=_words(reply), now=now)
    reply.delete()


@transaction.atomic
def record_reply_uses(
    message: Message, *, replies: Sequence[PredefinedReply], share: float, now: datetime
) -> list[ReplyUse]:
    """Note that `message` came out of these replies; each once (R121)."""
    rows = [
        ReplyUse(message=message, predefined=reply, changed_share=share, at=now)
        for reply in replies
    ]
    return ReplyUse.objects.bulk_create(rows, ignore_conflicts=True)


def _last_position() -> int:
    rows = PredefinedReply.objects.order_by("-position").values_list("position", flat=True)
    return rows.first() or 0


def _set_archived(
    reply: PredefinedReply, *, moment: datetime | None, verb: str, actor: User, now: datetime
) -> None:
    reply.archived_at = moment
    reply.save(update_fields=["archived_at"])
    if reply.owner_id is None:
        audit.record(verb, reply, actor=actor, now=now)


def _write_texts(reply: PredefinedReply, texts: Sequence[tuple[str, str]]) -> None:
    reply.texts.all().delete()
    PredefinedText.objects.bulk_create(
        PredefinedText(reply=reply, language=language, body=body, position=position)
        for position, (language, body) in enumerate(texts)
    )


def _write_files(reply: PredefinedReply, facts: ReplyFacts) -> None:
    kept = list(reply.files.filter(pk__in=facts.kept))
    reply.files.exclude(pk__in=facts.kept).delete()
    PredefinedFile.objects.bulk_create(
        PredefinedFile(
            reply=reply,
            sha256=new.stored.sha256,
            size=new.stored.size,
            filename=new.filename[:255],
            content_type=new.content_type,
            position=len(kept) + place,
        )
        for place, new in enumerate(facts.added)
    )


def _words(reply: PredefinedReply) -> dict[str, Any]:
    """The reply as the audit log keeps it."""
    return {
        "name": reply.name,
        "folder": reply.folder,
        "shortcut": reply.shortcut,
        "scope": reply.scope_words,
        "status_after": str(reply.status_after or ""),
        "texts": {row.language: row.body for row in reply.texts.all()},
        "files": [row.filename for row in reply.files.all()],
    }
