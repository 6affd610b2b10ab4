"""The what-if under the rules that were in force repeats what was recorded (sla.md 10)."""

from __future__ import annotations

import pytest

from sla.actions.manual import void_breach
from sla.actions.rules import put_in_force
from sla.following import catch_up
from sla.histories import chunks, histories_of, tickets_since
from sla.models import PolicySetVersion, SlaClock, SlaTarget
from sla.simulate import History, Timeline, simulate, throughout
from sla.versions import rules_for, stored_calendars
from tests.sla.conftest import at
from tests.sla.storms import Storm
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
LATER = at("2025-03-10 12:00")


def as_it_was(history: History) -> Timeline:
    """Every version from the one in force when the ticket was admitted."""
    versions = PolicySetVersion.objects.order_by("pk").values_list("pk", "valid_from")
    lived = [(since, rules_for(pk)) for pk, since in versions]
    before = [row for row in lived if row[0] <= history.admitted_at]
    return lived[max(0, len(before) - 1) :]


def everything() -> list[History]:
    return histories_of(Ticket.objects.all(), as_of=LATER)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rules_in_force_repeat_what_was_recorded(promise, cleo, ada, seed):
    promise(acknowledge=1, first_response=4, next_response=2, update=6, resolution=16)
    Storm(seed, customer=cleo, agent=ada, begin=at("2025-02-03 08:00")).tickets(12)
    report = simulate(
        throughout(rules_for(PolicySetVersion.objects.latest("pk").pk)),
        stored_calendars,
        everything(),
        as_of=LATER,
    )
    assert (report.tickets, report.skipped.total()) == (12, 0)
    assert (report.added, report.removed, report.flipped) == (0, 0, [])
    assert all(now == then for now, then in report.cells.values())
    assert report.lateness[0] == report.lateness[1]
    assert report.lateness[0].total() > 0


def test_versions_in_between_are_repeated_too(promise, cleo, ada):
    policy = promise(first_response=4, resolution=16)
    storm = Storm(7, customer=cleo, agent=ada, begin=at("2025-02-03 08:00"))
    storm.tickets(10)
    SlaTarget.objects.filter(policy=policy, metric="resolution").update(amount=4)
    put_in_force(actor=None, now=at("2025-02-24 08:00"))
    for ticket in Ticket.objects.open():
        catch_up(ticket, now=at("2025-02-24 08:00"))
    storm.begin = at("2025-02-24 09:00")
    storm.tickets(10)
    report = simulate(as_it_was, stored_calendars, everything(), as_of=LATER)
    assert (report.tickets, report.flipped) == (20, [])
    assert all(now == then for now, then in report.cells.values())


def test_excused_breaches_stay_excused_and_are_listed(promise, cleo, max_):
    promise(first_response=1)
    Storm(1, customer=cleo, agent=max_, begin=at("2025-02-03 08:00")).tickets(1, steps=0)
    SlaClock.objects.update(breached_at=at("2025-02-05 09:00"))
    clock = SlaClock.objects.get()
    void_breach(clock, why="The line was cut.", actor=max_, now=at("2025-02-20 10:00"))
    report = simulate(as_it_was, stored_calendars, everything(), as_of=LATER)
    assert (report.added, report.removed) == (0, 0)
    assert report.by_hand == [clock.ticket_id]


def test_chunks_read_everything_once_and_write_nothing(promise, cleo, ada):
    promise(first_response=4)
    tickets = Storm(5, customer=cleo, agent=ada, begin=at("2025-02-03 08:00")).tickets(3)
    rows = tickets_since(90, now=LATER)
    seen = [history.ticket for chunk in chunks(rows, as_of=LATER) for history in chunk]
    assert seen == sorted((ticket.pk for ticket in tickets), reverse=True)
