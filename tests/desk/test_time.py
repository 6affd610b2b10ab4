"""“Where did the time go” on the desk, and what managers decide there (N2, R102)."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from freezegun import freeze_time

from desk.time_page import bar_of
from sla.explain import Share
from sla.models import SlaClock, SlaPolicy
from tests.factories import make_reply, make_ticket
from tests.sla.conftest import METRICS, at, office, promise
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
__all__ = ["METRICS", "office", "promise"]


@pytest.fixture
def ticket(promise, cleo, technical, ada) -> Ticket:
    """Opened Tuesday 10:00, answered too late at 15:00."""
    promise(first_response=4, resolution=8)
    found = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    make_reply(found, ada, now=at("2025-02-04 15:00"))
    return found


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}/time{part}"


def page(client: Client, ticket: Ticket, now: str = "2025-02-05 10:00", **headers: str):
    with freeze_time(at(now)):
        return client.get(url(ticket), headers=headers)


def decide(client: Client, ticket: Ticket, part: str, **data: str):
    with freeze_time(at("2025-02-05 10:00")):
        return client.post(url(ticket, part), data)


def clock(ticket: Ticket, metric: str) -> SlaClock:
    return SlaClock.objects.get(ticket=ticket, metric=metric)


def test_page_shows_bar_sentences_and_accounts(sign_in, ada, ticket):
    shown = page(sign_in(ada), ticket).content.decode()
    assert "Nobody assigned" in shown
    assert "Outside our hours" in shown
    assert "Resolution overdue since" in shown
    assert "target from policy “Everybody”" in shown
    assert "Closed hours" in shown
    assert "Standard business hours, version 1" in shown
    assert "Counted in all" in shown
    assert "style=" not in shown


def test_side_panel_gets_bar_and_sentences(sign_in, ada, ticket):
    client = sign_in(ada)
    with freeze_time(at("2025-02-05 10:00")):
        panel = client.get(f"/admin/tickets/ticket/{ticket.number}/context", headers=HTMX)
    assert "Where did the time go" in panel.content.decode()
    reasons = page(client, ticket, **HTMX).content.decode()
    assert "<!doctype" not in reasons.lower()
    assert "Resolution overdue since" in reasons
    assert "<table" not in reasons


def test_page_takes_few_statements_however_long_the_story(sign_in, ada, ticket, statements):
    client = sign_in(ada)
    page(client, ticket)
    for hour in range(10, 16):
        make_reply(ticket, ada, now=at(f"2025-02-05 {hour}:00"))
    with statements(10):
        assert page(client, ticket, "2025-02-06 10:00").status_code == 200


def test_parts_of_the_bar_fill_it_and_short_ones_are_seen():
    bar = bar_of([Share("us", "Ada", 10), Share("customer", "", 50_000), Share("closed", "", 9)])
    assert bar is not None
    last = bar.segments[-1]
    assert last.x + last.width == 1000
    assert min(row.width for row in bar.segments) >= 6
    assert "With Ada" in bar.words


def test_agents_read_but_decide_nothing(sign_in, ada, ticket):
    client = sign_in(ada)
    assert "Make an exception" not in page(client, ticket).content.decode()
    assert decide(client, ticket, "/exclusion", reason="No").status_code == 403


def test_manager_excludes_a_ticket_with_a_reason_and_brings_it_back(sign_in, max_, ticket):
    """R102"""
    client = sign_in(max_)
    assert decide(client, ticket, "/exclusion", reason="Feature requests").status_code == 303
    ticket.refresh_from_db()
    assert ticket.sla_state == "excluded"
    assert "This ticket has no deadlines: Feature requests" in page(client, ticket).content.decode()
    decide(client, ticket, "/exclusion/removal")
    ticket.refresh_from_db()
    assert ticket.sla_state == "running"


def test_exclusion_without_a_reason_is_refused_in_the_page(sign_in, max_, ticket):
    answer = decide(sign_in(max_), ticket, "/exclusion", reason=" ")
    assert answer.status_code == 422
    assert 'id="decisions" open' in answer.content.decode()


def test_manager_chooses_another_policy(sign_in, max_, ticket, promise):
    gold = promise(name="Gold", resolution=2, conditions={"field": "tier", "op": "is", "value": 9})
    client = sign_in(max_)
    assert decide(client, ticket, "/policy", policy=str(gold.pk)).status_code == 303
    assert clock(ticket, "resolution").policy == gold
    decide(client, ticket, "/policy", policy="")
    assert clock(ticket, "resolution").policy == SlaPolicy.objects.get(name="Everybody")


def test_manager_excuses_a_missed_deadline(sign_in, max_, ticket):
    client, missed = sign_in(max_), clock(ticket, "first_response")
    part = f"/clocks/{missed.pk}/excuse"
    assert decide(client, ticket, part, why="").status_code == 422
    assert decide(client, ticket, part, why="Power cut").status_code == 303
    missed.refresh_from_db()
    assert missed.voided_at is not None
    assert "Excused: Power cut." in page(client, ticket).content.decode()
    assert decide(client, ticket, part, why="Again").status_code == 422


def test_manager_counts_a_clock_again(sign_in, max_, ticket):
    client, running = sign_in(max_), clock(ticket, "resolution")
    part = f"/clocks/{running.pk}/correction"
    later = decide(client, ticket, part, effective_at="2030-01-01T09:00", why="Holiday")
    assert later.status_code == 422
    done = decide(client, ticket, part, effective_at="2025-02-04T09:00", why="Holiday")
    assert done.status_code == 303
    assert running.entries.filter(kind="correct").exists()


def test_clock_of_another_ticket_is_not_there(sign_in, max_, ticket, cleo, technical):
    other = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    part = f"/clocks/{clock(other, 'resolution').pk}/excuse"
    assert decide(sign_in(max_), ticket, part, why="Mine").status_code == 404


def test_history_tells_of_exclusion_and_policy(sign_in, max_, ticket):
    client = sign_in(max_)
    decide(client, ticket, "/exclusion", reason="Feature requests")
    decide(client, ticket, "/exclusion/removal")
    decide(client, ticket, "/policy", policy=str(SlaPolicy.objects.get().pk))
    decide(client, ticket, "/policy", policy="")
    assert Event.objects.filter(ticket=ticket, data__changes__has_key="sla_policy").count() == 2
    shown = client.get(f"/admin/tickets/ticket/{ticket.number}").content.decode()
    assert "took the ticket out of all deadlines: <b>Feature requests</b>" in shown
    assert "gave the ticket its deadlines again" in shown
    assert "put the ticket under the policy <b>Everybody</b>" in shown
    assert "let the policies decide again" in shown


def test_correction_time_is_the_readers(sign_in, max_, ticket):
    """The field has no zone: it means the wall of whoever fills it in."""
    max_.time_zone = "America/New_York"
    max_.save(update_fields=["time_zone"])
    running = clock(ticket, "resolution")
    part = f"/clocks/{running.pk}/correction"
    decide(sign_in(max_), ticket, part, effective_at="2025-02-04T09:00", why="Holiday")
    (entry,) = running.entries.filter(kind="correct")
    assert datetime.fromisoformat(entry.data["effective_at"]) == at("2025-02-04 09:00")
