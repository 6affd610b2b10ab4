"""A machine with a key, talking real requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from api.actions import NewKey, create_key
from api.scopes import SCOPES

MADE = datetime(2026, 5, 1, tzinfo=UTC)
RECORDS = "/api/v1/customers/records"


class Machine:
    """A program that shows its key, and keeps no cookies."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.client = client or Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def put(self, *records: Any, source: str = "shop", **more: Any) -> Any:
        return self.send({"source": source, "records": list(records), **more})

    def send(self, body: Any, **options: Any) -> Any:
        options.setdefault("content_type", "application/json")
        return self.client.put(RECORDS, body, headers=self.headers, **options)

    def get(self, query: str = "", path: str = RECORDS) -> Any:
        return self.client.get(f"{path}{query}", headers=self.headers)

    def drop(self, place: str) -> Any:
        return self.client.delete(f"{RECORDS}/{place}", headers=self.headers)


def invoice(external_id: str = "INV-1", **fields: Any) -> dict[str, Any]:
    told = {"kind": "invoice", "external_id": external_id, "status": "open"}
    return {**told, "customer": {"email": "cleo@harbour.example"}, **fields}


@pytest.fixture
def make_key() -> Callable[..., NewKey]:
    def made(owner: User, *scopes: str, **fields: Any) -> NewKey:
        fields.setdefault("expires_at", None)
        fields.setdefault("now", MADE)
        return create_key("Shop", scopes=scopes or list(SCOPES), actor=owner, **fields)

    return made


@pytest.fixture
def machine(max_: User, make_key: Callable[..., NewKey]) -> Machine:
    """With a key of max that may do everything."""
    return Machine(make_key(max_).token)
