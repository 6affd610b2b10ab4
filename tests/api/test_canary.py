"""What machines are told holds nothing internal: no note, no secret, no record of another source."""

from __future__ import annotations

import pytest

from api.actions import create_key
from api.scopes import SCOPES
from tests.api.conftest import MADE, Machine, invoice
from tests.security.canaries import CANARIES
from tests.security.stage import set_the_stage

pytestmark = pytest.mark.django_db


def test_nothing_internal_leaves() -> None:
    stage = set_the_stage()
    new = create_key("Shop", scopes=SCOPES, expires_at=None, actor=stage.manager, now=MADE)
    machine = Machine(new.token)
    answers = [
        machine.put(invoice()),
        machine.put(invoice(customer={"email": "nobody@harbour.example"})),
        machine.get(),
        machine.get(path="/api/v1/openapi.json"),
    ]
    told = "".join(answer.content.decode() for answer in answers)
    assert "INV-1" in told
    secrets = [*CANARIES.values(), stage.manager.email, stage.manager.password, new.key.secret_hash]
    assert [word for word in secrets if word in told] == []
