"""What conditions may ask about the deadline of a ticket; the ticket itself carries the fact."""

from __future__ import annotations

from django.db.models import F, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from core.conditions import FieldSpec, computed, fields
from sla.models import Metric

fields.register(
    "sla_metric",
    FieldSpec(
        key="sla_metric",
        label=_("Next deadline"),
        kind="choice",
        group=_("Ticket"),
        choices=lambda: list(Metric.choices),
        query=computed(lambda: NullIf(F("sla_metric"), Value(""))),
    ),
)
