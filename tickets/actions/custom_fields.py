"""Answers in the company's own fields: checked, written, recorded with before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.events import emit
from customers.models import Customer
from tickets.actions.record import lock_ticket, record_event, touch_search
from tickets.actors import Actor
from tickets.attention import settle
from tickets.custom_fields.conditions import custom_facts
from tickets.custom_fields.definitions import active_fields, fields_for
from tickets.custom_fields.form_fields import form_field
from tickets.custom_fields.values import Subject, entries_of, texts_of, values_of
from tickets.events import CustomValuesChanged
from tickets.models import CustomerFieldValue, CustomField, Event, FieldValue, Ticket

Kind = CustomField.Kind
Values = Mapping[int, Any]


@transaction.atomic
def set_custom_values(ticket: Ticket, *, values: Values, actor: Actor, now: datetime) -> Ticket:
    """Write answers; those not named stay, an empty one is taken out, no change writes nothing.

    Raises ValidationError for a field that is not asked on this ticket or that the actor may not
    set, and for an answer that does not fit its field. Emits CustomValuesChanged.
    """
    ticket = lock_ticket(ticket)
    before = values_of(ticket)
    given = _checked(_writable(ticket, actor), values, before)
    changed = {pk: value for pk, value in given.items() if value != before.get(pk)}
    if not changed:
        return ticket
    _write(ticket, changed)
    settle(ticket, now=now).save(update_fields=["updated_at"])
    touch_search(ticket)
    after = {**before, **changed}
    facts = _facts(ticket, before, after)
    record_event(ticket, Event.Kind.CHANGED, actor=actor, now=now, changes=facts)
    emit(CustomValuesChanged(ticket=ticket, actor=actor, now=now, changed=frozenset(facts)))
    return ticket


def open_with_values(ticket: Ticket, *, values: Values, actor: Actor) -> dict[str, str]:
    """The answers a ticket is opened with; returns them in words, for its first event.

    What is not asked there, and what a customer may not see, is left out.
    """
    if not values:
        return {}
    offered = _asked_of(ticket, actor, lambda field: field.show_on_client_portal)
    given = _checked(offered, {pk: values[pk] for pk in values if pk in offered}, {})
    said = {pk: value for pk, value in given.items() if value is not None}
    _write(ticket, said)
    return texts_of(ticket, said)


@transaction.atomic
def set_customer_values(
    customer: Customer, *, values: Values, actor: Any, now: datetime
) -> Customer:
    """The same for a customer's file, kept in the audit log. Raises ValidationError."""
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    before = values_of(customer)
    offered = {row.pk: row for row in active_fields(CustomField.Entity.CUSTOMER.value)}
    given = _checked(offered, values, before)
    changed = {pk: value for pk, value in given.items() if value != before.get(pk)}
    if changed:
        _write(customer, changed)
        was, told = texts_of(customer, before), texts_of(customer, {**before, **changed})
        audit.record("changed", customer, actor=actor, before=was, after=told, now=now)
    return customer


def _writable(ticket: Ticket, actor: Actor) -> dict[int, CustomField]:
    return _asked_of(
        ticket, actor, lambda field: field.show_on_client_portal and field.editable_by_customer
    )


def _asked_of(ticket: Ticket, actor: Actor, may_customer: Any) -> dict[int, CustomField]:
    """The fields asked on this ticket that the actor may set, by key."""
    asked = fields_for(department_id=ticket.department_id, service_id=ticket.service_id)
    return {row.pk: row for row in asked if actor.customer is None or may_customer(row)}


def _checked(offered: Mapping[int, CustomField], values: Values, held: Values) -> dict[int, Any]:
    """Every answer as its field takes it, None for an empty one; all complaints at once."""
    given: dict[int, Any] = {}
    errors: list[ValidationError] = []
    for pk, value in values.items():
        if pk not in offered:
            raise ValidationError(_("This field is not asked on this ticket."))
        try:
            cleaned = form_field(offered[pk], value=held.get(pk)).clean(value)
        except ValidationError as refusal:
            errors += [_named(offered[pk], message) for message in refusal.messages]
        else:
            given[pk] = None if cleaned in ("", [], False) else cleaned
    if errors:
        raise ValidationError(errors)
    return given


def _named(field: CustomField, message: str) -> ValidationError:
    return ValidationError(_("%(field)s: %(error)s") % {"field": field.label, "error": message})


def _write(subject: Subject, values: Values) -> None:
    """Put the rows of these fields in place of what stood there."""
    entries_of(subject).filter(field__in=values).delete()
    fields = {row.pk: row for row in CustomField.objects.filter(pk__in=values)}
    rows = [
        (fields[pk], facts) for pk, value in values.items() for facts in _entries(fields[pk], value)
    ]
    if isinstance(subject, Ticket):
        FieldValue.objects.bulk_create(
            [FieldValue(ticket=subject, field=field, **facts) for field, facts in rows]
        )
    else:
        CustomerFieldValue.objects.bulk_create(
            [CustomerFieldValue(customer=subject, field=field, **facts) for field, facts in rows]
        )


def _entries(field: CustomField, value: Any) -> Iterable[dict[str, Any]]:
    if value is None:
        return []
    if field.kind == Kind.MULTI:
        return [{"option_id": pk} for pk in value]
    column = {
        Kind.TEXT: "text",
        Kind.URL: "text",
        Kind.NUMBER: "number",
        Kind.DATE: "day",
        Kind.DROPDOWN: "option_id",
    }.get(Kind(field.kind))
    return [{column: value}] if column else [{}]


def _facts(ticket: Ticket, before: Values, after: Values) -> dict[str, Any]:
    """What changed, in the words of that time, and as the fact that conditions ask for."""
    was, told, facts = texts_of(ticket, before), texts_of(ticket, after), custom_facts(after)
    return {
        row.key: {
            "label": row.label,
            "before": was.get(row.key, ""),
            "after": told.get(row.key, ""),
            "fact": facts[row.key],
        }
        for row in active_fields()
        if before.get(row.pk) != after.get(row.pk)
    }
