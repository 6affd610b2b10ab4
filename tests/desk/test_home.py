"""The start page: the day's work, what everybody should know, own numbers, the first steps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from freezegun import freeze_time

from core import options
from notifications.models import Announcement
from tests.factories import make_customer, make_reply, make_ticket
from tickets.actions import close_ticket, create_task, reopen_ticket
from tickets.actions.promises import break_promise, keep_promise, make_promise
from tickets.actors import Actor

pytestmark = pytest.mark.django_db
HOME = "/admin"


def test_tasks_of_today_and_late_ones_are_shown(sign_in, ada, cleo, technical):
    ticket, now, actor = make_ticket(cleo, technical), timezone.now(), Actor.of_user(ada)
    for title, due_at in (("Call back", now), ("Order a part", now + timedelta(days=3))):
        create_task(ticket, title=title, owner=ada, due_at=due_at, actor=actor, now=now)
    page = sign_in(ada).get(HOME).text
    assert "Call back" in page
    assert "Order a part" not in page


def test_a_task_of_a_ticket_one_may_no_longer_see_is_not_shown(sign_in, ada, ben, cleo, technical):
    ticket, now = make_ticket(cleo, technical), timezone.now()
    create_task(ticket, title="Call back", owner=ben, due_at=now, actor=Actor.of_user(ada), now=now)
    assert "Call back" not in sign_in(ben).get(HOME).text


def test_announcements_stand_from_their_start_to_their_end(sign_in, ada):
    now = timezone.now()
    hour = timedelta(hours=1)
    for text, audience, starts, ends in (
        ("Printers are down", "staff", now - hour, None),
        ("For everybody", "both", now - hour, now + hour),
        ("Customers only", "customers", now - hour, None),
        ("Yesterday's news", "staff", now - 2 * hour, now - hour),
        ("Tomorrow's news", "staff", now + hour, None),
    ):
        Announcement.objects.create(
            text=text, audience=audience, starts_at=starts, ends_at=ends, severity=2
        )
    page = sign_in(ada).get(HOME).text
    assert "Printers are down" in page
    assert "For everybody" in page
    for absent in ("Customers only", "Yesterday", "Tomorrow"):
        assert absent not in page


def test_customers_read_theirs_on_their_first_page(client):
    Announcement.objects.create(
        text="We move house", audience="customers", starts_at=timezone.now() - timedelta(hours=1)
    )
    Announcement.objects.create(text="Printers are down", starts_at=timezone.now())
    page = client.get("/").text
    assert "We move house" in page
    assert "Printers" not in page


def test_a_manager_writes_one_and_the_end_comes_after_the_start(sign_in, max_):
    client = sign_in(max_)
    facts = {"text": "Stocktaking", "audience": "staff", "severity": "1"}
    wrong = {**facts, "starts_at": "2026-05-12T10:00", "ends_at": "2026-05-12T09:00"}
    refused = client.post("/admin/announcements/add", wrong)
    assert refused.status_code == 422
    assert "Choose a time after the start." in refused.text
    assert "Stocktaking" in refused.text
    client.post("/admin/announcements/add", {**facts, "starts_at": "2026-05-12T10:00"})
    assert Announcement.objects.get().text == "Stocktaking"


def numbers(client) -> dict[str, str]:
    return {row.label: row.value for row in client.get(HOME).context["home"].numbers}


@freeze_time("2026-05-12 15:00")
def test_own_numbers_are_out_of_the_history(sign_in, ada, ben, cleo, technical):
    now = timezone.now()
    ticket = make_ticket(cleo, technical, now=now - timedelta(hours=2))
    make_reply(ticket, ada, now=now)
    close_ticket(ticket, actor=Actor.of_user(ada), now=now)
    reopen_ticket(ticket, actor=Actor.of_user(ben), now=now)
    found = numbers(sign_in(ada))
    assert found["Answered today"] == "1"
    assert found["Resolved today"] == "1"
    assert found["First answers took"] == "2 h 00 m"
    assert found["Reopened"] == "100 %"
    assert numbers(sign_in(ben))["Answered today"] == "0"


def test_kept_promises_are_told_to_who_gave_them(sign_in, ada, ben, cleo, technical):
    now, actor = timezone.now(), Actor.of_user(ada)
    for end in (keep_promise, break_promise):
        ticket = make_ticket(cleo, technical, now=now - timedelta(hours=3))
        due_at = now - timedelta(hours=1)
        made = make_promise(ticket, due_at=due_at, actor=actor, now=now - timedelta(hours=2))
        end(made, actor=actor, now=now)
    assert numbers(sign_in(ada))["Promises kept"] == "50 %"
    assert numbers(sign_in(ben))["Promises kept"] == "–"


def test_first_steps_look_for_themselves(sign_in, max_, cleo, technical, settings):
    client = sign_in(max_)
    assert 'hx-get="/admin/first_steps"' in client.get(HOME).text
    page = client.get("/admin/first_steps")
    done = {line.title: line.is_done for line in page.context["checklist"].lines}
    assert done["Resolve a first ticket"] is False
    assert done["Give every department a mail address"] is True
    client.post("/admin/first_steps/removal")
    assert options.value("desk.shows_checklist") is False
    assert "/admin/first_steps" not in client.get(HOME).text.replace("commands", "")


def test_agents_are_not_bothered_with_first_steps(sign_in, ada):
    assert "First steps" not in sign_in(ada).get(HOME).text


def test_statements_do_not_grow_with_the_work(
    sign_in, ada, technical, django_assert_max_num_queries
):
    client, now = sign_in(ada), timezone.now()
    for at in range(12):
        ticket = make_ticket(make_customer(f"Guest{at}"), technical)
        create_task(
            ticket, title=f"Call {at}", owner=ada, due_at=now, actor=Actor.of_user(ada), now=now
        )
    client.get(HOME)
    with django_assert_max_num_queries(13):
        client.get(HOME)
