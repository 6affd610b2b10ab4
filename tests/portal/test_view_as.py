"""Staff looks on as a customer: reading only, on record, and never more than both may see (R180)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from freezegun import freeze_time

from core.models import AuditEntry
from portal.urls import own_patterns
from tests.factories import make_customer, make_note, make_ticket
from tickets.actions.guests import issue_guest_token
from tickets.models import Message

pytestmark = pytest.mark.django_db
NEWS = {"message": "From somebody else", "subject": "x", "name": "x", "text": "x"}


@pytest.fixture
def looking_on(sign_in, ada, cleo) -> Any:
    client = sign_in(ada)
    assert client.post(f"/clients/viewing/{cleo.pk}").headers["Location"] == "/"
    return client


def test_staff_sees_what_the_customer_sees(looking_on, ada, cleo) -> None:
    ticket = make_ticket(cleo, ada.departments.first(), subject="Broken grinder")
    make_note(ticket, ada, "internal words")
    assert "You see what Cleo sees" in looking_on.get("/").content.decode()
    assert "Broken grinder" in looking_on.get("/clients/tickets").content.decode()
    page = looking_on.get(f"/clients/ticket/{ticket.public_id}").content.decode()
    assert "Broken grinder" in page
    assert "internal words" not in page
    assert "Leave" in page


def test_no_address_of_the_portal_takes_anything(looking_on, ada, cleo) -> None:
    ticket = make_ticket(cleo, ada.departments.first())
    token = issue_guest_token(ticket, email=cleo.email, now=timezone.now())
    values = {"public_id": ticket.public_id, "token": token, "sealed": "x"}
    asked = 0
    for pattern in own_patterns:
        if pattern.name.startswith("viewing"):
            continue
        path = f"/{_filled(pattern, values)}"
        for method in ("post", "put", "patch", "delete"):
            assert getattr(looking_on, method)(path, NEWS).status_code == 403, (method, path)
            asked += 1
    assert asked >= 60
    ticket.refresh_from_db()
    assert (ticket.is_open, Message.objects.count()) == (True, 1)


def test_htmx_is_told_as_well(looking_on, ada, cleo) -> None:
    ticket = make_ticket(cleo, ada.departments.first())
    path = f"/clients/ticket/{ticket.public_id}"
    answer = looking_on.post(path, NEWS, headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert "nothing can be sent" in answer.headers["HX-Trigger"]


def test_departments_of_others_stay_closed(looking_on, cleo, billing) -> None:
    ticket = make_ticket(cleo, billing, subject="About money")
    assert "About money" not in looking_on.get("/clients/tickets").content.decode()
    assert looking_on.get(f"/clients/ticket/{ticket.public_id}").status_code == 404


def test_other_customers_stay_closed(looking_on, ada, otto) -> None:
    ticket = make_ticket(otto, ada.departments.first(), subject="Secret plans")
    assert "Secret plans" not in looking_on.get("/clients/tickets?scope=company").content.decode()
    assert looking_on.get(f"/clients/ticket/{ticket.public_id}").status_code == 404


def test_colleagues_requests_show_where_they_are_shared(looking_on, ada, cleo) -> None:
    mate = make_customer("Mia", "mia@harbour.example", cleo.organisation)
    ticket = make_ticket(mate, ada.departments.first())
    path = f"/clients/ticket/{ticket.public_id}"
    assert looking_on.get(path).status_code == 404
    cleo.organisation.shares_tickets = True
    cleo.organisation.save()
    assert looking_on.get(path).status_code == 200


def test_the_customers_own_profile_is_shown_never_ones_own(looking_on, ada) -> None:
    page = looking_on.get("/clients/profile").content.decode()
    assert "cleo@harbour.example" in page
    assert ada.email not in page.partition("<main")[2]


def test_a_customer_without_an_account_can_be_viewed(sign_in, ada) -> None:
    mail_only = make_customer("Noor", "noor@x.example")
    make_ticket(mail_only, ada.departments.first(), subject="By mail")
    client = sign_in(ada)
    client.post(f"/clients/viewing/{mail_only.pk}")
    assert "By mail" in client.get("/clients/tickets").content.decode()
    assert client.get("/clients/profile").status_code == 404


def test_the_desk_goes_on_as_before(looking_on, ada, cleo) -> None:
    ticket = make_ticket(cleo, ada.departments.first())
    assert looking_on.get("/admin/tickets").status_code == 200
    looking_on.post(f"/admin/tickets/ticket/{ticket.number}/tags", {"tags": "seen"})
    assert ticket.tags.get().name == "seen"


def test_leaving_ends_it_and_both_are_on_record(looking_on, ada, cleo) -> None:
    led = looking_on.post("/clients/viewing/removal")
    assert led.headers["Location"] == f"/admin/clients/client/{cleo.pk}"
    assert looking_on.get("/clients/tickets").status_code == 404
    rows = AuditEntry.objects.filter(verb__in=["viewed_as", "viewing_ended"]).order_by("pk")
    assert [(row.verb, row.actor, row.subject_id) for row in rows] == [
        ("viewed_as", ada, str(cleo.pk)),
        ("viewing_ended", ada, str(cleo.pk)),
    ]


def test_half_an_hour_ends_it(looking_on) -> None:
    assert looking_on.get("/clients/tickets").status_code == 200
    with freeze_time(timezone.now() + timedelta(minutes=31)):
        assert looking_on.get("/clients/tickets").status_code == 404


def test_signing_out_ends_it(looking_on, ada) -> None:
    looking_on.logout()
    looking_on.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert looking_on.get("/clients/tickets").status_code == 404


def test_a_mark_of_somebody_else_opens_nothing(looking_on, sign_in, ben, otto) -> None:
    mark = looking_on.session["viewing"]
    for person in (ben, otto):
        client = sign_in(person)
        session = client.session
        session["viewing"] = mark
        session.save()
        page = client.get("/").content.decode()
        assert "You see what" not in page


def test_a_forged_mark_opens_nothing(looking_on) -> None:
    session = looking_on.session
    session["viewing"] = f"{session['viewing']}x"
    session.save()
    assert looking_on.get("/clients/tickets").status_code == 404


def test_customers_cannot_look_on(sign_in, cleo, otto) -> None:
    assert sign_in(otto).post(f"/clients/viewing/{cleo.pk}").status_code == 404


def _filled(pattern: Any, values: dict[str, Any]) -> str:
    given = {name: values[name] for name in pattern.pattern.converters}
    route = str(pattern.pattern)
    for name, value in given.items():
        kind = "uuid" if name == "public_id" else "str"
        route = route.replace(f"<{kind}:{name}>", str(value))
    return route
