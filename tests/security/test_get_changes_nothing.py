"""Reading changes nothing: a crawler with a manager's session leaves every row as it was (X-25)."""

from __future__ import annotations

import hashlib

import pytest
from django.apps import apps
from django.db import connection

from core.models import AuditEntry
from tests.security.routes import ROUTES
from tests.security.visits import address, browser_of

pytestmark = pytest.mark.django_db
OURS = ("core", "accounts", "customers", "tickets", "mailpipe", "api", "account", "mfa")
# Who downloads a raw mail or the log itself is on record; counters of rates count.
WRITTEN = {"core_auditentry", "core_ratewindow"}
RECORDED = {"mailpipe:inbound_raw", "desk:message_download", "audit_log_export"}


def fingerprints() -> dict[str, str]:
    """A digest of the rows of each table of ours."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if model._meta.app_label not in OURS or table in WRITTEN:
                continue
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608 -- our own tables
            rows = "\n".join(row[0] for row in cursor.fetchall())
            found[table] = hashlib.sha256(rows.encode()).hexdigest()
    return found


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("actor", ["max", "cleo", "anonymous"])
def test_crawler_leaves_no_trace(stage, actor, method):
    client = browser_of(stage, actor)
    before = fingerprints()
    for name, route in ROUTES.items():
        if not route.get or (method == "head" and actor != "max"):
            continue
        response = getattr(client, method)(address(name, stage))
        if response.streaming:
            b"".join(response.streaming_content)
    after = fingerprints()
    changed = [table for table in before if before[table] != after[table]]
    assert changed == []


def test_fingerprint_would_tell(stage):
    before = fingerprints()
    stage.ticket.tags.clear()
    assert before != fingerprints()


def test_downloads_are_on_record(stage):
    manager = browser_of(stage, "max")
    for name in sorted(RECORDED):
        count = AuditEntry.objects.count()
        response = manager.get(address(name, stage))
        b"".join(response.streaming_content) if response.streaming else None
        assert AuditEntry.objects.count() == count + 1, name
