"""Rows that are stored by a statement written once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import NOT_PROVIDED
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from core.inserting import insert
from mailpipe.models import OutgoingMail
from tests.factories import make_customer, make_ticket
from tickets.models import Event, Message

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Message, Event, OutgoingMail])
def test_the_statement_is_djangos_own(model):
    ticket = make_ticket(make_customer("Cleo"))
    row = {
        Message: lambda: Message(ticket=ticket, text="ça %s 'x'", created_at=ticket.created_at),
        Event: lambda: Event(ticket=ticket, kind="note_added", at=ticket.created_at, data={"a": 1}),
        OutgoingMail: lambda: make_mail(ticket, to=["a@b.example"]),
    }[model]
    with CaptureQueriesContext(connection) as captured:
        with transaction.atomic():
            ours = row()
            insert(ours)
            stored = model.objects.get(pk=ours.pk)
            transaction.set_rollback(True)
        theirs = row()
        theirs.save(force_insert=True)
    sent = [q["sql"] for q in captured.captured_queries if q["sql"].startswith("INSERT")]
    assert sent[0] == sent[-1]
    assert model_to_dict(stored, exclude=["id"]) == model_to_dict(
        model.objects.get(pk=theirs.pk), exclude=["id"]
    )
    assert not ours._state.adding


def test_what_the_database_refuses_is_raised():
    ticket = make_ticket(make_customer("Cleo"))
    insert(make_mail(ticket, identifier="1"))
    with pytest.raises(IntegrityError, match="idempotency_key"):
        insert(make_mail(ticket, identifier="2"))


def test_a_model_with_a_column_that_the_database_fills_is_not_for_it():
    field = SimpleNamespace(primary_key=False, generated=True, db_default=NOT_PROVIDED)

    class Filled:
        _meta = SimpleNamespace(concrete_fields=[field])

    with pytest.raises(TypeError, match="Filled"):
        insert(Filled())


def make_mail(ticket, **fields):
    fields = {"idempotency_key": "k", "identifier": "i", "subject": "s", **fields}
    return OutgoingMail(
        ticket=ticket, due_at=ticket.created_at, created_at=ticket.created_at, **fields
    )
