"""The description tells the truth: what goes in and comes out is held against it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from api.openapi import RECORDS
from tests.api.conftest import Machine, invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def described() -> dict[str, Any]:
    return Client().get("/api/v1/openapi.json").json()


def troubles(described: dict[str, Any], name: str, value: Any) -> list[str]:
    """What the described schema says against a value."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def test_the_schemas_are_schemas(described) -> None:
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert described["openapi"] == "3.1.0"


def test_answers_are_as_described(described, machine, cleo, harbour) -> None:
    whole = invoice(amount=12.5, currency="EUR", due_on="2026-05-31", url="https://s.example")
    theirs = {"customer": None, "organisation": {"name": harbour.name}}
    batch = {"source": "shop", "records": [whole, invoice("2", **theirs)]}
    assert not troubles(described, "Batch", batch)
    assert not troubles(described, "Taken", machine.send(batch).json())
    page = machine.get().json()
    assert len(page["records"]) == 2
    assert not troubles(described, "RecordPage", page)
    for answer in (machine.put({}), Machine().get(), machine.drop("shop/invoice/none")):
        assert not troubles(described, "Problem", answer.json())


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "x"}, {"status": "won"}, {"kind": "letter"}, {"external_id": ""}, {"title": 5},
        {"amount": True}, {"amount": "1.005"}, {"currency": "eur"}, {"url": "javascript:x"},
        {"customer": None}, {"customer": {}}, {"title": "x" * 201}, {"organisation": {}},
    ],
)  # fmt: skip
def test_what_is_refused_is_described_as_wrong(described, machine, cleo, wrong) -> None:
    batch = {"source": "shop", "records": [invoice(**wrong)]}
    assert troubles(described, "Batch", batch)
    assert machine.send(batch).status_code == 422


def test_every_operation_is_answered(described, machine, cleo) -> None:
    for path, methods in described["paths"].items():
        place = path.format(source="shop", kind="invoice", external_id="1")
        for method, told in methods.items():
            answer = getattr(machine.client, method)(place, headers=machine.headers)
            assert str(answer.status_code) in told["responses"], (method, path)
    assert set(described["paths"][RECORDS]) == {"get", "put"}
