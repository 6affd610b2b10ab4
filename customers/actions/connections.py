"""Setting up the systems that are asked for records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import audit
from customers.models import CrmConnection


@dataclass(frozen=True, kw_only=True)
class ConnectionFacts:
    """A connection as somebody typed it; an empty token leaves the one before it."""

    name: str
    kind: str
    base_url: str
    is_active: bool
    token: str = ""
    mapping: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def save_connection(
    connection: CrmConnection | None, *, facts: ConnectionFacts, actor: User, now: datetime
) -> CrmConnection:
    """Keep a connection; its token is sealed and told to nobody. Audited."""
    row = connection or CrmConnection()
    before = _told(row) if connection else None
    row.name, row.kind, row.base_url = facts.name, facts.kind, facts.base_url
    row.is_active, row.mapping = facts.is_active, facts.mapping
    if facts.token:
        row.seal_token(facts.token)
    row.save()
    after = _told(row) | ({"key": "set anew"} if facts.token else {})
    verb = "changed" if connection else "created"
    audit.record(verb, row, actor=actor, before=before, after=after, now=now)
    return row


def _told(row: CrmConnection) -> dict[str, object]:
    names = ("name", "kind", "base_url", "is_active", "mapping")
    return {name: getattr(row, name) for name in names}
