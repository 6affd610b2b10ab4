"""Setting up outside services, and trying them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.sealing import CannotUnseal
from notifications.models import Endpoint, NoticeDelivery
from notifications.notices import Notice
from notifications.rows import new_delivery

TEST = "test"
RESOLVED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class EndpointFacts:
    """An endpoint as somebody typed it; empty secrets stay as they are."""

    kind: str
    name: str
    is_enabled: bool
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save_endpoint(
    endpoint: Endpoint | None, *, facts: EndpointFacts, actor: User, now: datetime
) -> Endpoint:
    """Keep an endpoint; a new signing key leaves the one before it valid (X-42). Audited."""
    row = endpoint or Endpoint(kind=facts.kind, created_at=now, slug=_free_slug(facts.name))
    before = _told(row) if endpoint else None
    row.name, row.is_enabled, row.settings = facts.name, facts.is_enabled, dict(facts.settings)
    changed = {name: value for name, value in facts.secrets.items() if value}
    if changed:
        row.seal_secrets(_renewed(known_secrets(row), changed))
    row.save()
    after = _told(row) | dict.fromkeys(changed, "set anew")
    audit.record(
        "changed" if endpoint else "created", row, actor=actor, before=before, after=after, now=now
    )
    return row


@transaction.atomic
def drop_previous_key(endpoint: Endpoint, *, actor: User, now: datetime) -> Endpoint:
    """Sign with the newest key alone: the other side knows it by now. Audited."""
    row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    secrets = known_secrets(row)
    if secrets.pop("previous_key", ""):
        row.seal_secrets(secrets)
        row.save(update_fields=["sealed_secret"])
        audit.record("changed", row, actor=actor, after={"previous_key": "dropped"}, now=now)
    return row


@transaction.atomic
def order_test(endpoint: Endpoint, *, actor: User, now: datetime) -> NoticeDelivery:
    """A delivery that says it is a test; PagerDuty is told a minute later that all is well."""
    key = f"{TEST}:e{endpoint.pk}:{uuid.uuid4()}"
    row = _test_row(endpoint, key=key, now=now)
    if endpoint.kind == Endpoint.Kind.SMS:
        row.payload = {"to": actor.phone}
    if endpoint.kind == Endpoint.Kind.PAGERDUTY:
        row.payload = {"action": "trigger", "dedup_key": key}
        end = _test_row(endpoint, key=f"{key}:end", now=now)
        end.payload, end.due_at = {**row.payload, "action": "resolve"}, now + RESOLVED_AFTER
        end.save()
    row.save()
    audit.record("endpoint_tested", endpoint, actor=actor, now=now)
    return row


def known_secrets(endpoint: Endpoint) -> dict[str, str]:
    """The secrets as far as they can be read: none when the installation's keys are others."""
    try:
        return endpoint.secrets
    except CannotUnseal:
        return {}


def _test_row(endpoint: Endpoint, *, key: str, now: datetime) -> NoticeDelivery:
    notice = Notice(
        kind=TEST,
        title=_("A test of %(name)s: nothing is wrong.") % {"name": endpoint.name},
        url="/admin/integrations",
    )
    row = new_delivery(notice, channel=endpoint.kind, key=key, now=now)
    row.endpoint = endpoint
    return row


def _renewed(known: dict[str, str], changed: dict[str, str]) -> dict[str, str]:
    if known.get("key") and changed.get("key", known["key"]) != known["key"]:
        return known | changed | {"previous_key": known["key"]}
    return known | changed


def _told(row: Endpoint) -> dict[str, Any]:
    return {"name": row.name, "is_enabled": row.is_enabled, **row.settings}


def _free_slug(name: str) -> str:
    slug = slugify(name)[:60] or "endpoint"
    taken = set(Endpoint.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return next(free for free in (slug, *numbered) if free not in taken)
