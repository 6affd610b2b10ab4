"""Settings pages of statuses, priorities and services."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core import jobs
from tests.factories import make_ticket
from tickets.models import Priority, Service, Status, Ticket
from tickets.vocabulary import default_status, status_after_reply, statuses

pytestmark = pytest.mark.django_db


def facts_of(status, **changes):
    fields = ("name", "slug", "kind", "color", "meaning", "customer_label")
    facts = {name: getattr(status, name) for name in fields} | {"pauses_sla": status.pauses_sla}
    if status.is_default:
        facts["is_default"] = "on"
    return facts | changes


def save(client, status, **changes):
    page = client.get(f"/admin/tickets/statuses/{status.pk}")
    version = page.context["submitted"].version
    return client.post(
        f"/admin/tickets/statuses/{status.pk}", facts_of(status, version=version, **changes)
    )


def test_manager_adds_a_status(max_, sign_in):
    facts = {
        "name": "Waiting for parts",
        "slug": "parts",
        "kind": "waiting_third_party",
        "color": "#8a3fb0",
        "pauses_sla": ["resolution"],
    }
    client = sign_in(max_)
    assert client.post("/admin/tickets/statuses/add", facts).status_code in (302, 303)
    status = Status.objects.get(slug="parts")
    assert status in statuses()
    page = client.get("/admin/tickets/statuses").content.decode()
    assert f"status-{status.pk}" in page


def test_agents_may_not(ada, sign_in):
    for page in ("statuses", "priorities", "services"):
        assert sign_in(ada).get(f"/admin/tickets/{page}").status_code == 403


def test_bad_colour_is_marked_and_nothing_lost(max_, sign_in):
    page = sign_in(max_).post(
        "/admin/tickets/statuses/add",
        {"name": "Odd", "slug": "odd", "kind": "open", "color": "red;}"},
    )
    assert page.status_code == 422
    assert b"six digits" in page.content
    assert b'value="Odd"' in page.content


def test_changed_kind_is_previewed_and_moves_the_tickets(max_, technical, cleo, sign_in):
    ticket = make_ticket(cleo, technical)
    Status.objects.create(slug="fresh", name="Fresh", kind="new", color="#111111")
    client, status = sign_in(max_), Status.objects.get(slug="new")
    page = save(client, status, kind="open")
    assert b"1 ticket with this status" in page.content
    save(client, status, kind="open", confirmed="yes")
    jobs.run_due(timezone.now())
    ticket.refresh_from_db()
    assert ticket.status_kind == "open"


def test_last_status_of_a_kind_stays(max_, sign_in):
    client, closed = sign_in(max_), Status.objects.get(slug="closed")
    assert save(client, closed, kind="open").status_code == 422
    client.post(f"/admin/tickets/statuses/{closed.pk}/archive")
    closed.refresh_from_db()
    assert closed.archived_at is None


def test_flags_move_over(max_, sign_in):
    hold = Status.objects.get(slug="hold")
    save(sign_in(max_), hold, is_after_reply="on")
    assert status_after_reply() == hold
    assert default_status("waiting_third_party") == hold


def test_changed_rank_moves_the_tickets(max_, technical, cleo, sign_in):
    ticket = make_ticket(cleo, technical)
    medium = Priority.objects.get(slug="medium")
    client = sign_in(max_)
    version = client.get(f"/admin/tickets/priorities/{medium.pk}").context["submitted"].version
    facts = {
        "name": "Medium",
        "slug": "medium",
        "rank": 9,
        "color": medium.color,
        "is_default": "on",
        "version": version,
    }
    assert client.post(f"/admin/tickets/priorities/{medium.pk}", facts).status_code in (302, 303)
    jobs.run_due(timezone.now())
    ticket.refresh_from_db()
    assert ticket.priority_rank == 9
    double = {"name": "X", "slug": "x", "rank": 1, "color": "#111111"}
    assert client.post("/admin/tickets/priorities/add", double).status_code == 422


def test_service_is_no_part_of_itself(max_, sign_in):
    parent = Service.objects.get(slug="bug")
    child = Service.objects.create(slug="crash", name="Crash", parent=parent)
    client = sign_in(max_)
    version = client.get(f"/admin/tickets/services/{parent.pk}").context["submitted"].version
    page = client.post(
        f"/admin/tickets/services/{parent.pk}",
        {"name": "Bug", "slug": "bug", "parent": child.pk, "version": version},
    )
    assert page.status_code == 422


def test_removal_of_a_used_status_needs_a_replacement(max_, technical, cleo, sign_in):
    make_ticket(cleo, technical)
    extra = Status.objects.create(slug="fresh", name="Fresh", kind="new", color="#111111")
    client, new = sign_in(max_), Status.objects.get(slug="new")
    assert b"1 ticket" in client.get("/admin/tickets/statuses").content
    client.post(f"/admin/tickets/statuses/{new.pk}/removal", {"replacement": extra.pk})
    assert not Status.objects.filter(slug="new").exists()
    assert Ticket.objects.get().status == extra
