"""`/admin/custom_fields`: fields and their options as managers define them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Department, User
from core.conditions import broken, fields
from customers.models import Customer
from tests.factories import make_field, make_ticket
from tickets import actions
from tickets.actors import Actor
from tickets.custom_fields import active_fields
from tickets.models import CustomField, FieldOption

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
URL = "/admin/custom_fields"


@pytest.fixture
def manager(sign_in: Any, max_: User) -> Client:
    return sign_in(max_)


def typed(**fields: Any) -> dict[str, Any]:
    return {"label": "Tier", "kind": "text", "entity": "ticket", "options-count": "0", **fields}


def options(*rows: tuple[str, str, bool]) -> dict[str, str]:
    """Posted rows: key of the option, its words, whether it is offered."""
    data = {"options-count": str(len(rows))}
    for number, (pk, label, is_offered) in enumerate(rows):
        data |= {f"options-{number}-id": pk, f"options-{number}-label": label}
        data |= {f"options-{number}-offered": "1"} if is_offered else {}
    return data


def saved(client: Client, field: CustomField, **data: Any) -> Any:
    page = client.get(f"{URL}/{field.pk}")
    version = page.context["submitted"].version
    return client.post(
        f"{URL}/{field.pk}", {**typed(label=field.label), "version": version, **data}
    )


def test_manager_adds_a_choice_with_options(manager: Client):
    rows = options(("", "Basic", True), ("", "Pro", True))
    assert manager.post(f"{URL}/add", typed(kind="dropdown", **rows)).status_code == 303
    field = CustomField.objects.get()
    assert (field.slug, [row.label for row in field.options.all()]) == ("tier", ["Basic", "Pro"])
    assert active_fields() == [field]


def test_choice_without_options_is_refused_and_keeps_what_was_typed(manager: Client):
    answer = manager.post(f"{URL}/add", typed(kind="dropdown", label="Plan of the customer"))
    assert answer.status_code == 422
    assert b"Write at least one option." in answer.content
    assert b"Plan of the customer" in answer.content


def test_same_words_twice_are_refused(manager: Client):
    rows = options(("", "Basic", True), ("", "basic", True))
    answer = manager.post(f"{URL}/add", typed(kind="multi", **rows))
    assert b"stands there twice" in answer.content


def test_options_are_renamed_swapped_and_archived_but_never_lost(manager: Client):
    field = make_field("Tier", "dropdown", "Basic", "Pro", "Old")
    basic, pro, old = field.options.all()
    rows = options(
        (str(basic.pk), "Pro", True), (str(pro.pk), "Basic", True), (str(old.pk), "", True)
    )
    assert saved(manager, field, kind="dropdown", **rows).status_code == 303
    told = {row.pk: (row.label, row.archived_at is None) for row in FieldOption.objects.all()}
    assert told == {basic.pk: ("Pro", True), pro.pk: ("Basic", True), old.pk: ("Old", False)}


def test_type_and_short_name_stay_once_used(manager: Client, cleo: Customer, technical: Department):
    field = make_field("Order")
    ticket = make_ticket(cleo, technical, now=NOW)
    actions.set_custom_values(ticket, values={field.pk: "1"}, actor=Actor.system("x"), now=NOW)
    saved(manager, field, kind="number", slug="other", label="Order no.")
    field.refresh_from_db()
    assert (field.kind, field.slug, field.label) == ("text", "order", "Order no.")


def test_list_tells_who_uses_a_field_and_it_cannot_be_removed(
    manager: Client, cleo: Customer, technical: Department
):
    field = make_field("Order")
    ticket = make_ticket(cleo, technical, now=NOW)
    actions.set_custom_values(ticket, values={field.pk: "1"}, actor=Actor.system("x"), now=NOW)
    assert b"1 ticket" in manager.get(URL).content
    manager.post(f"{URL}/{field.pk}/removal")
    assert CustomField.objects.filter(pk=field.pk).exists()


def test_archived_field_breaks_its_conditions_and_restoring_mends_them(manager: Client):
    field = make_field("Order")
    tree = {"field": "custom.order", "op": "is", "value": "1"}
    assert broken(tree) == []
    manager.post(f"{URL}/{field.pk}/archive")
    assert broken(tree)
    manager.post(f"{URL}/{field.pk}/archive/removal")
    assert "custom.order" in fields


def test_preview_shows_what_the_portal_asks(manager: Client):
    shown = make_field("Serial number", show_on_client_portal=True, help_text="On the back")
    hidden = make_field("Risk")
    assert b"On the back" in manager.get(f"{URL}/{shown.pk}").content
    assert b"Customers do not see this field." in manager.get(f"{URL}/{hidden.pk}").content


def test_suggested_fields_are_added_once(manager: Client):
    for _time in range(2):
        manager.post(f"{URL}/suggestions", {"slug": ["origin-channel", "product", "nonsense"]})
    assert [row.slug for row in active_fields()] == ["origin-channel", "product"]
    assert b"Sales order" in manager.get(f"{URL}/suggestions").content


def test_agent_defines_nothing(sign_in: Any, ada: User):
    assert sign_in(ada).get(URL).status_code == 403
