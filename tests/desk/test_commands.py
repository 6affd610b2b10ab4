"""Keys: each does something, none does two things on one page."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from core.commands import registry
from desk.commands import COMMANDS
from tests.factories import make_ticket

SCOPES = {command.scope for command in COMMANDS.values()}


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_no_key_does_two_things_on_a_page(scope):
    here = [c for _id, c in registry if c.scope == scope]
    keys = Counter(key for command in here for key in command.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_command_has_something_that_does_it():
    script = (Path(settings.BASE_DIR) / "static/js/hot-keys.js").read_text()
    methods = set(re.findall(r"^  (\w+)(?:\(| = \()", script, re.MULTILINE))
    assert {command.do for command in COMMANDS.values()} <= methods


@pytest.mark.django_db
def test_targets_stand_on_their_pages(sign_in, ada, cleo, technical):
    ticket, client = make_ticket(cleo, technical), sign_in(ada)
    base = f"/admin/tickets/ticket/{ticket.number}"
    pages = {
        "ticket": [client.get(base), client.get(f"{base}/context")],
        "queue": [client.get("/admin/tickets")],
    }
    for key, command in COMMANDS.items():
        if command.do in {"click", "reach"} and command.to.startswith("#"):
            html = "".join(p.content.decode() for p in pages.get(command.scope, pages["queue"]))
            assert f'id="{command.to[1:]}"' in html, key
