"""[SLA] in confirmations: the promised time as words, or none (R104)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from freezegun import freeze_time

from core import options
from core.placeholders import fill, names_in, unknown
from mailpipe.models import OutgoingMail
from sla.models import SlaPolicy, SlaTarget
from tests.factories import make_ticket
from tests.sla.conftest import METRICS, at, office, promise

pytestmark = pytest.mark.django_db
__all__ = ["METRICS", "office", "promise"]


@pytest.fixture
def receipt(owner, cleo, technical):
    """The text of the confirmation that is sent where managers wrote `body`."""

    def text_of(body: str) -> str:
        options.set_value("mailpipe.receipt_body", value=body, actor=owner, now=timezone.now())
        cleo.time_zone = "America/New_York"
        cleo.save(update_fields=["time_zone"])
        with freeze_time(at("2025-02-04 17:00")):
            make_ticket(cleo, technical, channel="form", now=at("2025-02-04 17:00"))
        text: str = OutgoingMail.objects.get(kind="receipt").text
        return text.partition("\n")[0]

    return text_of


def test_placeholder_is_the_first_response_target_in_words(receipt, promise):
    """R63's own sentence."""
    promise(first_response=4)
    words = receipt("We received your ticket #[ID]. An agent will reply within [SLA].")
    assert words.endswith("An agent will reply within 4 working hours.")
    assert "[ID]" not in words


def test_moment_is_told_in_the_customers_zone(receipt, promise):
    promise(first_response=4)
    assert receipt("You hear from us by {sla.due}.") == "You hear from us by Wed 12:00."


def test_without_a_promise_nothing_is_promised(receipt):
    words = receipt("An agent will reply within [SLA], {sla.due}.")
    assert words == (
        "An agent will reply within the shortest time we can manage, as soon as we can."
    )


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (1, "hours", "1 working hour"),
        (30, "minutes", "30 minutes"),
        (2, "business_days", "2 working days"),
    ],
)
def test_units_keep_their_names(receipt, promise, amount, unit, words):
    promise()
    SlaTarget.objects.create(
        policy=SlaPolicy.objects.get(), metric="first_response", amount=amount, unit=unit
    )
    promise(name="Unused", is_enabled=False)
    assert receipt("[SLA]") == words


def test_bracketed_names_are_replaced_from_the_white_list_only():
    assert fill("[SLA] [Ticket ID: 7] [OTHER]", {"SLA": "4 h"}) == "4 h [Ticket ID: 7] [OTHER]"
    assert names_in("{a.b} [SLA] [x]") == {"a.b", "SLA"}
    assert unknown("{a.b} [SLA]", {"SLA": ""}) == ["a.b"]
