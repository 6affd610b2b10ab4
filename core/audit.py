"""One way into the audit log; secrets never enter it (X-54, X-55)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext

from core import clock
from core.logs import current_address, current_request_id
from core.models import AuditEntry

REDACTED = "•••"
_SECRET = re.compile(r"password|passphrase|secret|token|api_key|private_key|sealed", re.IGNORECASE)


def record(  # noqa: PLR0913 - a line of the log has this many facts
    verb: str,
    subject: Model | str,
    *,
    actor: Any,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
    now: datetime | None = None,
) -> AuditEntry:
    """Write who (`actor`: a user, something with `.user`, or None for the system) did what to whom.

    Address and request id are those of the request being answered, also when none is passed.
    """
    kind, identity, name = _named(subject)
    return AuditEntry.objects.create(
        at=now or clock.now(),
        actor=user_of(actor),
        actor_name=_actor_name(actor)[:200],
        verb=verb,
        subject_kind=kind,
        subject_id=identity[:60],
        subject_name=name[:255],
        before=redacted(before),
        after=redacted(after),
        address=getattr(request, "client_address", None) or current_address() or None,
        request_id=getattr(request, "request_id", None) or current_request_id(),
    )


def user_of(actor: Any) -> Any:
    """The user behind an actor, None when the system or a visitor acts."""
    user = getattr(actor, "user", actor)
    return user if isinstance(user, Model) else None


def redacted(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """`values` fit for storage as JSON, with everything that smells of a secret blanked."""
    if values is None:
        return None
    return {
        str(key): REDACTED if _SECRET.search(str(key)) and value else _plain(value)
        for key, value in values.items()
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return redacted(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, Model):
        return str(value)
    try:
        return DjangoJSONEncoder().default(value)
    except TypeError:
        return str(value)


def _named(subject: Model | str) -> tuple[str, str, str]:
    if isinstance(subject, Model):
        return subject._meta.model_name or "", str(subject.pk or ""), str(subject)
    return "", "", subject


def _actor_name(actor: Any) -> str:
    if actor is None or isinstance(actor, AnonymousUser):
        return gettext("System")
    return str(getattr(actor, "name", "") or getattr(actor, "email", "") or actor)
