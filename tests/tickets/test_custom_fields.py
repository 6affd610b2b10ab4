"""Fields of the company's own: what they take, who may set them, what they hold up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Department, User
from customers.actions import merge_customers
from customers.models import Customer
from tests.factories import make_customer, make_field, make_inbound, make_reply, make_ticket
from tickets import actions, vocabulary
from tickets.actors import Actor
from tickets.custom_fields import fields_for, missing_to_resolve, values_of, words_of
from tickets.custom_fields.conditions import forget_fields
from tickets.models import CustomField, Event, FieldValue, Service, Ticket
from tickets.models.vocabulary import Kind
from tickets.search import matching, write_stale_documents

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def ticket(technical: Department, cleo: Customer) -> Ticket:
    return make_ticket(cleo, technical, now=NOW)


def answer(ticket: Ticket, field: CustomField, value: Any, by: Actor | None = None) -> Ticket:
    actor = by or Actor.system("test")
    return actions.set_custom_values(ticket, values={field.pk: value}, actor=actor, now=NOW)


def option(field: CustomField, label: str) -> int:
    return field.options.get(label=label).pk


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  ORD-77 ", "ORD-77"),
        ("number", "12.50", Decimal("12.5")),
        ("date", "2026-04-01", date(2026, 4, 1)),
        ("checkbox", "on", True),
        ("url", "example.org/a", "https://example.org/a"),
    ],
)
def test_each_kind_keeps_its_answer(ticket: Ticket, kind: str, typed: str, kept: Any):
    field = make_field("Detail", kind)
    answer(ticket, field, typed)
    assert values_of(ticket) == {field.pk: kept}


def test_choices_are_kept_by_option(ticket: Ticket):
    one, several = (
        make_field("Tier", "dropdown", "Basic", "Pro"),
        make_field("Parts", "multi", "Pump", "Valve"),
    )
    answer(ticket, one, str(option(one, "Pro")))
    answer(ticket, several, [option(several, "Valve"), option(several, "Pump")])
    values = values_of(ticket)
    assert words_of(one, values[one.pk]) == "Pro"
    assert words_of(several, values[several.pk]) == "Pump, Valve"


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "many"),
        ("date", "soon"),
        ("dropdown", "999"),
        ("multi", ["999"]),
        ("url", "javascript:alert(1)"),
        ("url", "https://" + "a" * 600 + ".example"),
        ("text", "x" * 501),
    ],
)
def test_what_does_not_fit_is_refused_by_name(ticket: Ticket, kind: str, typed: Any):
    field = make_field("Detail", kind)
    with pytest.raises(ValidationError, match="Detail"):
        answer(ticket, field, typed)
    assert values_of(ticket) == {}


def test_change_is_told_with_before_and_after(ticket: Ticket, ada: User):
    field = make_field("Order number")
    answer(ticket, field, "A-1", Actor.of_user(ada))
    answer(ticket, field, "A-2", Actor.of_user(ada))
    change = Event.objects.latest("pk").data["changes"]["custom.order-number"]
    assert (change["label"], change["before"], change["after"]) == ("Order number", "A-1", "A-2")


def test_same_answer_writes_nothing(ticket: Ticket):
    field = make_field("Order number")
    answer(ticket, field, "A-1")
    count = Event.objects.count()
    answer(ticket, field, "A-1")
    assert Event.objects.count() == count


def test_empty_answer_is_taken_out(ticket: Ticket):
    field = make_field("Order number")
    answer(ticket, field, "A-1")
    answer(ticket, field, "")
    assert not FieldValue.objects.exists()


def test_field_belongs_to_its_departments_and_services(technical: Department, billing: Department):
    service = Service.objects.first()
    here = make_field("Machine", departments=[technical])
    bug = make_field("Version", services=[service])
    everywhere = make_field("Order number")
    asked = fields_for(department_id=technical.pk, service_id=None)
    assert asked == [here, everywhere]
    assert fields_for(department_id=billing.pk, service_id=service.pk) == [bug, everywhere]


def test_field_of_another_department_is_refused(ticket: Ticket, billing: Department):
    field = make_field("Deal", departments=[billing])
    with pytest.raises(ValidationError, match="not asked"):
        answer(ticket, field, "x")


def test_archived_option_keeps_showing_and_is_no_more_offered(ticket: Ticket):
    field = make_field("Tier", "dropdown", "Basic", "Pro")
    pro = option(field, "Pro")
    answer(ticket, field, pro)
    field.options.filter(pk=pro).update(archived_at=NOW)
    forget_fields()
    assert words_of(fields_for(department_id=None, service_id=None)[0], pro) == "Pro"
    answer(ticket, field, pro)
    with pytest.raises(ValidationError):
        answer(make_ticket(now=NOW), field, pro)


@pytest.mark.parametrize("flags", [{}, {"show_on_client_portal": True}])
def test_customer_sets_only_what_is_theirs(ticket: Ticket, flags: dict[str, bool]):
    field = make_field("Order number", **flags)
    with pytest.raises(ValidationError, match="not asked"):
        answer(ticket, field, "A-1", Actor.of_customer(ticket.customer))


def test_ticket_opens_with_answers_and_drops_what_customers_may_not_see(technical: Department):
    shown = make_field("Order number", show_on_client_portal=True)
    secret = make_field("Risk")
    ticket = make_ticket(department=technical, custom={shown.pk: "A-1", secret.pk: "high"}, now=NOW)
    assert values_of(ticket) == {shown.pk: "A-1"}
    assert ticket.events.get(kind="opened").data["custom"] == {"custom.order-number": "A-1"}


def test_staff_cannot_resolve_without_the_needed_answer(ticket: Ticket, ada: User):
    field = make_field("Cause", required_to_resolve=True)
    assert missing_to_resolve(ticket) == [field]
    with pytest.raises(ValidationError, match="Cause"):
        actions.close_ticket(ticket, actor=Actor.of_user(ada), now=NOW)
    answer(ticket, field, "Worn seal")
    assert actions.close_ticket(ticket, actor=Actor.of_user(ada), now=NOW).status.is_final


def test_reply_that_would_resolve_is_refused_whole(ticket: Ticket, ada: User):
    make_field("Cause", required_to_resolve=True)
    closed = vocabulary.default_status(Kind.CLOSED)
    with pytest.raises(ValidationError, match="Cause"):
        make_reply(ticket, ada, after=closed, now=NOW)
    assert ticket.messages.count() == 1


def test_rules_and_customers_may_close_and_it_is_on_record(ticket: Ticket):
    make_field("Cause", required_to_resolve=True)
    actions.close_ticket(ticket, actor=Actor.of_customer(ticket.customer), now=NOW)
    assert ticket.events.latest("pk").data["lacking"] == ["Cause"]


def test_what_is_not_asked_there_holds_nothing_up(ticket: Ticket, billing: Department, ada: User):
    make_field("Deal", required_to_resolve=True, departments=[billing])
    assert actions.close_ticket(ticket, actor=Actor.of_user(ada), now=NOW).status.is_final


def test_answers_are_found_by_search(ticket: Ticket):
    text, tier = make_field("Order number"), make_field("Tier", "dropdown", "Enterprise")
    answer(ticket, text, "ORD-4711")
    answer(ticket, tier, option(tier, "Enterprise"))
    write_stale_documents(NOW)
    for words in ("4711", "enterprise"):
        assert list(matching(Ticket.objects.all(), f"ord {words}" if words == "4711" else words))


def test_customers_file_holds_answers_and_survives_merging(max_: User):
    field = make_field("Contract", entity="customer")
    first, second = make_customer("Clea"), make_customer("Cleon")
    actions.set_customer_values(first, values={field.pk: "C-1"}, actor=max_, now=NOW)
    assert values_of(first) == {field.pk: "C-1"}
    merge_customers(first, survivor=second, actor=max_, now=NOW)
    assert values_of(second) == {field.pk: "C-1"}


def test_without_fields_nothing_is_asked(ticket: Ticket, django_assert_num_queries):
    fields_for(department_id=1, service_id=None)
    with django_assert_num_queries(0):
        assert values_of(ticket) == {}
        assert missing_to_resolve(ticket) == []


def test_customers_answer_reopens_as_before(ticket: Ticket, ada: User):
    make_field("Cause", required_to_resolve=True)
    actions.close_ticket(ticket, actor=Actor.of_customer(ticket.customer), now=NOW)
    assert make_inbound(ticket, now=NOW).ticket.status.kind == Kind.OPEN
