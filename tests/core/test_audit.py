"""The audit log: append-only, without secrets (X-54, X-55)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import ProgrammingError, connection, transaction

from core import audit
from core.models import AuditEntry


@pytest.mark.django_db
def test_an_entry_says_who_did_what_to_whom(max_, technical) -> None:
    moment = datetime(2026, 5, 12, tzinfo=UTC)
    entry = audit.record("changed", technical, actor=max_, after={"name": "Tech"}, now=moment)
    assert (entry.actor, entry.actor_name, entry.at) == (max_, "Max", moment)
    assert (entry.subject_kind, entry.subject_id) == ("department", str(technical.pk))
    assert entry.subject_name == "Technical"


@pytest.mark.django_db
@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_the_system_acts_without_a_user(nobody: object) -> None:
    entry = audit.record("swept", "files", actor=nobody)
    assert (entry.actor_id, entry.actor_name, entry.subject_name) == (None, "System", "files")


@pytest.mark.django_db
def test_secrets_never_enter() -> None:
    values = {"password": "x", "smtp_secret": "y", "nested": {"api_key": "z"}, "name": "Max\x00"}
    entry = audit.record("changed", "mail", actor=None, before=values, after={"token": ""})
    assert entry.before == {
        "password": audit.REDACTED,
        "smtp_secret": audit.REDACTED,
        "nested": {"api_key": audit.REDACTED},
        "name": "Max",
    }
    assert entry.after == {"token": ""}


@pytest.mark.django_db
def test_values_of_any_kind_can_be_kept(technical) -> None:
    values = {"at": datetime(2026, 5, 12, tzinfo=UTC), "of": technical, "many": {1}, "odd": object}
    entry = audit.record("changed", "x", actor=None, after=values)
    entry.refresh_from_db()
    assert entry.after["at"].startswith("2026-05-12")
    assert entry.after["of"] == "Technical"
    assert entry.after["many"] == [1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "verb", ["UPDATE core_auditentry SET verb = 'x'", "DELETE FROM core_auditentry"]
)
def test_the_database_itself_refuses_to_rewrite_it(verb: str) -> None:
    audit.record("changed", "x", actor=None)
    with (
        pytest.raises(ProgrammingError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb)
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_erasing_a_person_needs_to_be_said_aloud() -> None:
    audit.record("changed", "x", actor=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('helpdesk.erasing', 'on', true)")
    assert AuditEntry.objects.all().delete()[0] == 1
