"""The worst of the corpus in a real browser: nothing runs, nothing is loaded from outside (X-29)."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.security.payloads import PAYLOADS
from tests.security.stage import set_the_stage
from tests.security.test_xss_corpus import threads

WAIT = 400


@pytest.fixture
def hostile(visit: Visit) -> Visit:
    """Visits that note every script that ran and every policy that was broken."""

    def open_page(path: str, user):
        page = visit("/healthz", user=user)
        page.context.add_init_script(
            "window.broken = [];"
            "addEventListener('securitypolicyviolation', e => window.broken.push(e.blockedURI));"
        )
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path, wait_until="load")
        page.wait_for_timeout(WAIT)
        return page, asked

    return open_page


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_no_word_of_a_stranger_runs(hostile):
    stage = set_the_stage()
    for ticket in threads(stage):
        for path, user in (
            (f"/admin/tickets/ticket/{ticket.number}", stage.ada),
            (f"/clients/ticket/{ticket.public_id}", stage.cleo.user),
        ):
            page, asked = hostile(path, user)
            assert page.evaluate("window.__xss") is None
            assert page.evaluate("window.broken") == []
            assert not [url for url in asked if "evil" in url]
    assert len(PAYLOADS) >= 150
