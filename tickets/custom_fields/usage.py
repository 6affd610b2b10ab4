"""How many tickets and customers answer a field of the company's own."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils.translation import ngettext

from core import registries
from core.registries import Usage
from tickets.models import CustomerFieldValue, FieldValue


def _tickets(pks: list[Any]) -> dict[Any, int]:
    rows = FieldValue.objects.filter(field__in=pks).order_by().values_list("field_id")
    return dict(rows.annotate(count=Count("ticket", distinct=True)))


def _customers(pks: list[Any]) -> dict[Any, int]:
    rows = CustomerFieldValue.objects.filter(field__in=pks).order_by().values_list("field_id")
    return dict(rows.annotate(count=Count("customer", distinct=True)))


def _ticket_words(count: int) -> str:
    return ngettext("%(n)s ticket", "%(n)s tickets", count) % {"n": count}


def _customer_words(count: int) -> str:
    return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": count}


_MODEL = "tickets.customfield"
registries.usage_counts.register("tickets.answers", Usage(_MODEL, _tickets, _ticket_words))
registries.usage_counts.register(
    "tickets.customer_answers", Usage(_MODEL, _customers, _customer_words)
)
