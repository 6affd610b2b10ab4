"""Making and revoking keys, and noting that one is used."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import RefusedByRole
from accounts.tokens import digest, new_token
from api.models import MARK, ApiKey
from api.scopes import grantable
from core import audit

NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class NewKey:
    """A key and the only copy of what its machine has to show."""

    key: ApiKey
    token: str


@transaction.atomic
def create_key(
    name: str, *, scopes: Iterable[str], expires_at: datetime | None, actor: User, now: datetime
) -> NewKey:
    """Make a key of the actor's own. Audited, without the secret.

    Raises RefusedByRole for a scope beyond what the actor may do (X-19).
    """
    wanted = sorted(set(scopes))
    if not set(wanted) <= {scope.name for scope in grantable(actor)}:
        raise RefusedByRole(_("A key can't do more than you may."))
    secret = new_token()
    key = ApiKey.objects.create(
        name=name.strip(),
        prefix=secrets.token_hex(5),
        secret_hash=digest(secret),
        owner=actor,
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    audit.record("api_key_created", key, actor=actor, after=_told(key), now=now)
    return NewKey(key, f"{MARK}_{key.prefix}_{secret}")


@transaction.atomic
def revoke_key(key: ApiKey, *, actor: User, now: datetime) -> ApiKey:
    """End a key at once and for good; a second time changes nothing. Audited."""
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    if locked.is_revoked:
        return locked
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    audit.record("api_key_revoked", locked, actor=actor, before=_told(locked), now=now)
    return locked


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Remember when it was used last; once a minute is enough to know and cheap to write."""
    last = key.last_used_at
    if last is not None and last > now - NOTED_EVERY:
        return
    unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
    ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)


def _told(key: ApiKey) -> dict[str, object]:
    return {"prefix": key.prefix, "scopes": key.scopes, "expires_at": key.expires_at}
