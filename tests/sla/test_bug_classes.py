"""One test for each way other help desks get clocks wrong (sla.md 13); calendars have their own."""

import pytest
from django.db import DatabaseError

from calendars.engine import Calendar
from sla import sweep
from sla.actions.rules import put_in_force
from sla.following import catch_up
from sla.ledger import fold
from sla.models import ClockEntry, Firing, SlaClock, SlaPolicy
from tests.calendars.cases import ALL_DAY, HOUR, LUNCH, S4, at
from tests.factories import make_reply, make_ticket
from tests.sla.conftest import priority
from tests.sla.ledgers import OFFICE, entry, fires, retarget, start, told
from tests.sla.stories import Story, promising, rules
from tickets.actions import Changes, change_ticket
from tickets.actors import Actor

MORNING = "2025-02-04 10:00"


def on(spec: dict, *entries, by: str = ""):
    """The state of a ledger whose only calendar is `spec`."""
    return fold(entries, {OFFICE: Calendar.from_spec(spec)}, at(by) if by else entries[-1].at)


def test_no_second_is_dropped_from_pauses():
    lines = [start(MORNING, 4)]
    for second in range(0, 50, 10):
        lines += [
            entry("pause", f"2025-02-04 10:30:{second:02}"),
            entry("resume", f"2025-02-04 10:30:{second + 7:02}"),
        ]
    assert told(*lines).due_at == at("2025-02-04 14:00:35")


def test_second_pause_does_not_forget_the_first():
    state = told(
        start(MORNING, 4),
        entry("pause", "2025-02-04 11:00"),
        entry("resume", "2025-02-04 12:00"),
        entry("pause", "2025-02-04 12:30"),
        entry("resume", "2025-02-04 13:00"),
    )
    assert state.due_at == at("2025-02-04 15:30")


def test_hold_over_a_night_costs_business_time_only():
    """From 17:00 to 10:00 a ticket rests two working hours, not seventeen."""
    state = told(
        start(MORNING, 8), entry("pause", "2025-02-04 17:00"), entry("resume", "2025-02-05 10:00")
    )
    assert state.due_at == at("2025-02-05 11:00")


def test_priority_change_does_not_forget_pauses():
    lines = [
        start(MORNING, 8),
        entry("pause", "2025-02-04 11:00"),
        entry("resume", "2025-02-04 14:00"),
        retarget("2025-02-04 14:30", 4),
    ]
    assert told(*lines).due_at == at("2025-02-04 17:00")


def test_lunch_break_counts_for_nobody():
    state = on({**LUNCH, "tz": S4["tz"]}, start("2025-02-04 11:45", 2))
    assert state.due_at == at("2025-02-04 14:45")


def test_a_day_of_24_hours_loses_no_minute():
    state = on({**ALL_DAY, "tz": S4["tz"]}, start(MORNING, 72))
    assert state.due_at == at("2025-02-07 10:00")


def test_closure_of_41_days():
    closed = {"breaks": [["2025-02-05T00:00", "2025-03-18T00:00"]]}
    state = on({**S4, **closed}, start("2025-02-04 17:00", 2))
    assert state.due_at == at("2025-03-18 10:00")


def test_only_opening_is_a_leap_day_two_years_ahead():
    once = {"tz": S4["tz"], "weekly": {}, "exceptions": {"2028-02-29": [["09:00", "17:00"]]}}
    state = on(once, start("2026-02-04 10:00", 4))
    assert state.due_at == at("2028-02-29 13:00")
    assert on(once, start("2026-02-04 10:00", 9)).due_at is None


def test_warning_is_never_computed_backwards_across_closed_hours():
    """75 % of four hours from Friday at four is Saturday at eleven, not Friday at five."""
    assert fires(told(start("2025-02-07 16:00", 4))) == ("75%", 0, at("2025-02-08 11:00"))
    early = told(start("2025-02-07 17:30", 4, thresholds=["-4h"]))
    assert fires(early) == ("-4h", 0, at("2025-02-07 17:30"))


def test_no_reminder_at_midnight():
    """Whatever falls into closed hours in wall time is told within hours."""
    for hours in range(1, 60):
        state = told(start("2025-02-07 15:00", hours, thresholds=["75%", "150%", "+1h"]))
        for row in state.schedule:
            if row.threshold != "breach":
                wall = row.at.astimezone(at(MORNING).tzinfo)
                assert 9 <= wall.hour <= 18


def test_update_target_never_overrules_the_first_response():
    """The shorter promise of updates begins with the first answer, not before it."""
    story = Story(rules(promising({"first_response": 4, "update": 1, "next_response": 1})))
    story.wrote("2025-02-04 10:30")
    assert story.live() == ["first_response#1"]
    assert story.state("first_response").due_at == at("2025-02-04 14:00")


def test_dst_transition_inside_a_pause():
    """An hour was skipped while the ticket rested; none of its time is gained or lost."""
    lines = [
        start("2025-03-08 20:00", 10),
        entry("pause", "2025-03-08 22:00"),
        entry("resume", "2025-03-09 06:00"),
    ]
    state = on({**ALL_DAY, "tz": S4["tz"]}, *lines)
    assert (state.elapsed_s, state.due_at) == (2 * HOUR, at("2025-03-09 14:00"))


def test_dst_transition_while_running():
    state = on({**ALL_DAY, "tz": S4["tz"]}, start("2025-03-08 20:00", 10))
    assert state.due_at == at("2025-03-09 07:00")


@pytest.mark.django_db
def test_re_applying_a_policy_deletes_no_history(promise, cleo, ada, technical):
    promise(first_response=4, resolution=8)
    ticket = make_ticket(cleo, technical, now=at(MORNING))
    make_reply(ticket, ada, now=at("2025-02-04 15:00"))
    before = list(ClockEntry.objects.order_by("pk").values("kind", "at", "data"))
    SlaPolicy.objects.update(name="Renamed")
    put_in_force(actor=None, now=at("2025-02-04 16:00"))
    catch_up(ticket, now=at("2025-02-04 16:00"))
    after = list(ClockEntry.objects.order_by("pk").values("kind", "at", "data"))
    assert after[: len(before)] == before
    late = SlaClock.objects.get(ticket=ticket, metric="first_response")
    assert late.breached_at == at("2025-02-04 14:00")


@pytest.mark.django_db
def test_history_of_clocks_cannot_be_rewritten(promise, cleo, technical):
    promise(first_response=4)
    make_ticket(cleo, technical, now=at(MORNING))
    with pytest.raises(DatabaseError, match="append-only"):
        ClockEntry.objects.update(kind="void")


@pytest.mark.django_db
def test_breach_survives_a_change_of_priority_and_back(promise, cleo, ada, technical):
    policy = promise(first_response=4)
    policy.targets.create(priority=priority(1), metric="first_response", amount=8)
    put_in_force(actor=None, now=at("2025-02-03 10:00"))
    ticket = make_ticket(cleo, technical, now=at(MORNING), priority=priority(3))
    for rank, when in ((1, "15:00"), (3, "16:00")):
        changes = Changes(priority=priority(rank))
        now = at(f"2025-02-04 {when}")
        change_ticket(ticket, changes=changes, actor=Actor.of_user(ada), now=now)
    assert SlaClock.objects.get(ticket=ticket).breached_at == at("2025-02-04 14:00")


@pytest.mark.django_db
def test_two_sweeps_of_one_moment_notify_once(promise, cleo, technical):
    promise(first_response=4)
    make_ticket(cleo, technical, now=at(MORNING))
    for _beat in range(2):
        sweep.claim(at("2025-02-04 15:00"))
        sweep.act(at("2025-02-04 15:00"))
    assert Firing.objects.filter(threshold="breach", outcome="announced").count() == 1
