"""Before rules are saved their form says which open deadlines move (N11)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from freezegun import freeze_time

from core.registries import impact_previews
from sla import previews
from sla.actions.rules import put_in_force
from sla.drafts import with_calendar, with_department, with_policy, with_status
from sla.following import catch_up
from sla.models import SlaPolicy, SlaTarget
from sla.previews import Effect, effect_of
from sla.versions import policy_specs
from tests.factories import make_calendar, make_reply, make_ticket
from tests.sla.browsing import sent_by
from tests.sla.conftest import at
from tickets.models import Status, Ticket

pytestmark = pytest.mark.django_db
NOW = at("2025-02-04 13:00")


def promising(hours: int | None, *, metric: str = "resolution"):
    """The policy with another target, as its form would have it."""
    policy = SlaPolicy.objects.get()
    spec = policy_specs()[0]
    for target in spec["targets"]:
        if target["metric"] == metric:
            target["amount"] = hours
    return with_policy(policy, spec)


@pytest.fixture
def open_ticket(promise, cleo, technical) -> Ticket:
    """Open since 10:00; eight hours were promised for its resolution."""
    promise(resolution=8)
    return make_ticket(cleo, technical, now=at("2025-02-04 10:00"))


def test_tighter_target_makes_deadlines_overdue(open_ticket):
    assert effect_of(promising(2), now=NOW) == Effect(changed=1, late=1)


def test_tighter_target_that_still_holds_only_moves_them(open_ticket):
    assert effect_of(promising(4), now=NOW) == Effect(changed=1)


def test_looser_target_spares_what_is_overdue(open_ticket):
    late = at("2025-02-05 12:00")
    assert effect_of(promising(24), now=late) == Effect(changed=1, spared=1)


def test_dropped_promise_ends_its_deadlines(open_ticket):
    assert effect_of(promising(None), now=NOW) == Effect(changed=1)


def test_same_rules_move_nothing(open_ticket):
    assert effect_of(promising(8), now=NOW).words() == ""


def test_closed_tickets_do_not_move(open_ticket, ada):
    make_reply(
        open_ticket, ada, now=at("2025-02-04 11:00"), after=Status.objects.get(slug="closed")
    )
    assert effect_of(promising(2), now=NOW) == Effect()


def test_calendar_moves_the_deadlines_counted_in_it(open_ticket, office):
    spec = {**office.spec, "holidays": ["2025-02-04"]}
    assert effect_of(with_calendar(office, spec), now=NOW) == Effect(changed=1)


def test_status_that_pauses_takes_the_deadline_away(open_ticket):
    status = Status.objects.get(slug="new")
    assert effect_of(with_status(status, ["resolution"]), now=NOW) == Effect(changed=1)


def test_department_in_other_hours_moves_its_deadlines(open_ticket, technical):
    mornings = make_calendar("Mornings", now=at("2025-02-04 09:00"), tz="America/New_York")
    assert effect_of(with_department(technical, mornings), now=NOW) == Effect(changed=1)


def test_preview_equals_what_saving_does(promise, cleo, technical):
    promise(first_response=4, resolution=8)
    for hour in (9, 10, 12):
        make_ticket(cleo, technical, now=at(f"2025-02-04 {hour:02}:30"))
    told = effect_of(promising(3), now=NOW)
    before = dict(Ticket.objects.values_list("pk", "sla_due_at"))
    SlaTarget.objects.filter(metric="resolution").update(amount=3)
    put_in_force(actor=None, now=NOW)
    for ticket in Ticket.objects.order_by("pk"):
        catch_up(ticket, now=NOW)
    after = dict(Ticket.objects.values_list("pk", "sla_due_at"))
    assert told == Effect(changed=3, late=1)
    assert sum(due <= NOW for due in after.values()) == 1
    assert all(after[pk] < before[pk] for pk in before)


def test_words_are_whole_sentences():
    assert Effect(changed=43, late=5, spared=2).words() == (
        "43 open deadlines change. 5 become overdue. 2 are no longer overdue."
    )
    assert Effect(changed=1, is_at_least=True).words() == "At least 1 open deadline changes."


def test_beyond_the_budget_it_is_at_least(open_ticket, monkeypatch):
    monkeypatch.setattr(previews, "LOOKED_AT", 0)
    assert effect_of(promising(2), now=NOW).is_at_least


def test_ten_tickets_cost_as_many_statements_as_one(open_ticket, cleo, technical):
    with CaptureQueriesContext(connection) as one:
        effect_of(promising(2), now=NOW)
    for _number in range(9):
        make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    with CaptureQueriesContext(connection) as ten:
        effect_of(promising(2), now=NOW)
    assert len(ten) == len(one)


def test_status_form_tells_before_it_saves(open_ticket, max_, sign_in):
    status = Status.objects.get(slug="new")
    entries = [entry for entry in impact_previews.entries() if entry.model == "tickets.status"]
    assert len(entries) == 2
    with freeze_time(NOW):
        words = [entry.preview(status, {"pauses_sla": ([], ["resolution"])}) for entry in entries]
    assert words == ["", "1 open deadline changes."]


def test_policy_form_asks_before_it_moves_deadlines(open_ticket, max_, sign_in):
    client, url = sign_in(max_), reverse("sla_policies_edit", args=[SlaPolicy.objects.get().pk])
    sent = sent_by(client.get(url).content.decode(), form="form:has([name=version])")
    cell = next(name for name, value in sent.items() if value == "8")
    with freeze_time(NOW):
        asked = client.post(url, {**sent, cell: "2"})
        assert "1 open deadline changes. 1 becomes overdue." in asked.content.decode()
        assert SlaTarget.objects.get().amount == 8
        client.post(url, {**sent, cell: "2", "confirmed": "yes"})
    assert SlaTarget.objects.get().amount == 2


def test_calendar_form_asks_before_it_moves_deadlines(open_ticket, office, max_, sign_in):
    client, url = sign_in(max_), reverse("calendars_edit", args=[office.pk])
    sent = sent_by(client.get(url).content.decode(), form="form:has([name=version])")
    with freeze_time(NOW):
        asked = client.post(url, {**sent, "tue": "9-13:30"})
    assert "1 open deadline changes." in asked.content.decode()
    assert office.versions.count() == 1
