"""Where the time went: accounts that add up, holders, and sentences that name everything (N2)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given, settings

from sla.actions.manual import void_breach
from sla.actions.rules import put_in_force
from sla.explain import CLOSED, account_of, rows_of, shares_of, stretches_of
from sla.following import facts_of
from sla.ledger import fold
from sla.models import SlaClock, SlaTarget
from sla.telling import story_of
from tests.factories import make_inbound, make_reply, make_ticket
from tests.sla.conftest import HOUSE, at, priority
from tests.sla.ledgers import CALENDARS as OFFICES
from tests.sla.ledgers import CLOSED_THURSDAY, OFFICE, entry, start
from tests.sla.storms import Storm
from tests.sla.test_ledger_laws import CALENDARS, ledgers
from tickets.actions import Changes, assign_ticket, change_status, change_ticket, close_ticket
from tickets.actors import Actor
from tickets.models import Status

KEY = ("resolution", 1)


@settings(max_examples=300, deadline=None)
@given(ledgers())
def test_seconds_of_an_account_are_what_has_elapsed(ledger):
    rows, until = ledger
    state = fold(rows, CALENDARS, until)
    told = rows_of(state, CALENDARS)
    assert sum(row.seconds for row in told) == state.elapsed_s
    assert all(row.seconds == 0 for row in told if row.state != "running")
    assert all(before.end <= after.start for before, after in pairwise(told))


@settings(max_examples=100, deadline=None)
@given(ledgers())
def test_lines_count_in_the_calendar_they_name(ledger):
    rows, until = ledger
    for row in rows_of(fold(rows, CALENDARS, until), CALENDARS):
        if row.state in ("running", CLOSED):
            assert CALENDARS[row.calendar].between(row.start, row.end) == row.seconds


def test_account_of_the_worked_example_with_two_pauses():
    """sla.md 5, example 12: 8 h from Tuesday 10:00, paused 12:00-15:00 and over the night."""
    entries = [
        start("2025-02-04 10:00", 8),
        entry("pause", "2025-02-04 12:00", reason="On Hold"),
        entry("resume", "2025-02-04 15:00"),
        entry("pause", "2025-02-04 17:30", reason="Answered"),
        entry("resume", "2025-02-05 10:00"),
    ]
    account = account_of(KEY, entries, OFFICES, history=[], as_of=at("2025-02-05 11:00"))
    told = [(row.state, row.cause, row.seconds) for row in account.rows]
    assert told == [
        ("running", "start", 7200),
        ("paused", "On Hold", 0),
        ("running", "resume", 9000),
        ("paused", "Answered", 0),
        ("running", "resume", 3600),
    ]
    assert account.state.due_at == at("2025-02-05 13:30")
    # Three hours at noon, half an hour before closing, one hour in the morning.
    assert account.held_s == 4.5 * 3600
    assert account.held_by == ("On Hold", "Answered")


def test_a_running_night_is_told_as_closed():
    entries = [start("2025-02-04 17:00", 8)]
    account = account_of(KEY, entries, OFFICES, history=[], as_of=at("2025-02-05 10:00"))
    told = [(row.state, row.seconds) for row in account.rows]
    assert told == [("running", 3600), ("closed", 0), ("running", 3600)]
    assert {row.calendar for row in account.rows} == {OFFICE}


def test_a_year_is_one_line():
    entries = [start("2025-02-04 17:00", 8000)]
    account = account_of(KEY, entries, OFFICES, history=[], as_of=at("2026-02-04 17:00"))
    assert [row.state for row in account.rows] == ["running"]
    assert account.rows[0].seconds == account.state.elapsed_s


def test_corrected_account_adds_up_in_the_corrected_calendar():
    """A holiday somebody forgot: Thursday did not count after all."""
    entries = [
        start("2025-02-05 17:00", 8),
        entry(
            "correct",
            "2025-02-07 10:00",
            effective_at=at("2025-02-05 17:00").isoformat(),
            calendar=CLOSED_THURSDAY,
            replaces=[OFFICE],
            why="Holiday",
        ),
    ]
    account = account_of(KEY, entries, OFFICES, history=[], as_of=at("2025-02-07 11:00"))
    assert account.state.elapsed_s == 3 * 3600
    assert sum(row.seconds for row in account.rows) == 3 * 3600
    assert account.rows[-1].calendar == CLOSED_THURSDAY
    assert [terms.kind for terms in account.terms] == ["start", "correct"]


# -- real tickets -----------------------------------------------------------------------


def story(ticket, now: str):
    with timezone.override(HOUSE):
        return story_of(ticket, now=at(now))


def sentence(ticket, metric: str, now: str) -> str:
    return next(row.sentence for row in story(ticket, now).clocks if row.clock.metric == metric)


@pytest.fixture
def ticket(promise, cleo, technical, ada):
    """Opened Tuesday at 10:00 under a policy with 4 h to answer and 8 h to solve."""
    promise(first_response=4, resolution=8)
    return make_ticket(cleo, technical, now=at("2025-02-04 10:00"), priority=priority(2))


def test_sentence_names_target_calendar_start_policy_and_priority(ticket):
    assert sentence(ticket, "resolution", "2025-02-04 11:00") == (
        "Resolution due 18:00 today: 8 h of Standard business hours (Mon–Fri 9–18, Sat 10–16) "
        "from 10:00 today; target from policy “Everybody”, priority High."
    )


def test_sentence_names_the_hold(ticket, ada):
    actor, hold = Actor.of_user(ada), Status.objects.get(slug="hold")
    work = Status.objects.get(slug="progress")
    change_status(ticket, status=hold, actor=actor, now=at("2025-02-04 12:00"))
    change_status(ticket, status=work, actor=actor, now=at("2025-02-04 12:45"))
    told = sentence(ticket, "resolution", "2025-02-04 13:00")
    assert told.startswith("Resolution due Wed 09:45: 8 h of")
    assert "minus 45 m on hold (On Hold)" in told


def test_sentence_names_every_change_and_its_cause(ticket, ada, promise):
    """The clock says under which priority it ran when."""
    policy = SlaClock.objects.filter(ticket=ticket)[0].policy
    SlaTarget.objects.create(
        policy=policy, metric="resolution", priority=priority(1), amount=4, unit="hours"
    )
    put_in_force(actor=None, now=at("2025-02-04 10:30"))
    change_ticket(
        ticket,
        changes=Changes(priority=priority(1)),
        actor=Actor.of_user(ada),
        now=at("2025-02-04 11:00"),
    )
    told = sentence(ticket, "resolution", "2025-02-04 11:30")
    assert told.startswith("Resolution due 14:00 today: 8 h of")
    assert "then 4 h from 11:00 today on (the priority changed)" in told
    assert told.endswith("priority Urgent.")


def test_paused_clock_says_what_is_left(ticket, ada):
    make_reply(ticket, ada, now=at("2025-02-04 12:00"), after=Status.objects.get(slug="answered"))
    told = sentence(ticket, "resolution", "2025-02-04 15:00")
    assert told.startswith("Resolution paused (Answered) with 6 h left: ")


@pytest.mark.parametrize(
    ("replied", "head"),
    [
        ("2025-02-04 10:24", "First response met 10:24 today, due 14:00 today: "),
        ("2025-02-04 14:30", "First response missed, done 14:30 today and due 14:00 today: "),
    ],
)
def test_answered_clock_says_whether_in_time(ticket, ada, replied, head):
    make_reply(ticket, ada, now=at(replied))
    assert sentence(ticket, "first_response", "2025-02-04 15:00").startswith(head)


def test_excused_breach_keeps_its_reason(ticket, ada, max_):
    make_reply(ticket, ada, now=at("2025-02-04 14:30"))
    clock = SlaClock.objects.get(ticket=ticket, metric="first_response")
    void_breach(clock, why="Power cut in the whole street", actor=max_, now=at("2025-02-04 16:00"))
    told = sentence(ticket, "first_response", "2025-02-04 17:00")
    assert told.endswith("Excused: Power cut in the whole street.")


def test_time_is_shared_out_among_its_holders(ticket, ada):
    """Opened at 10, taken at 11, asked back at 12, answered at 15, solved at 16."""
    actor = Actor.of_user(ada)
    assign_ticket(ticket, assignee=ada, actor=actor, now=at("2025-02-04 11:00"))
    make_reply(ticket, ada, now=at("2025-02-04 12:00"), after=Status.objects.get(slug="answered"))
    make_inbound(ticket, now=at("2025-02-04 15:00"))
    close_ticket(ticket, actor=actor, now=at("2025-02-04 16:00"))
    shares = story(ticket, "2025-02-10 10:00").shares
    assert [(row.holder, row.name, row.seconds) for row in shares] == [
        ("nobody", "", 3600),
        ("us", "Ada", 7200),
        ("customer", "", 3 * 3600),
    ]


def test_hours_outside_the_calendar_stand_apart(ticket):
    shares = story(ticket, "2025-02-05 10:00").shares
    assert [(row.holder, row.seconds) for row in shares] == [
        ("nobody", 9 * 3600),
        ("closed", 15 * 3600),
    ]


def test_shares_and_stretches_cover_the_same_time(ticket, ada):
    hold, now = Status.objects.get(slug="hold"), at("2025-02-07 10:00")
    change_status(ticket, status=hold, actor=Actor.of_user(ada), now=at("2025-02-04 12:00"))
    stretches = stretches_of(facts_of(ticket.events.order_by("pk")), now)
    wall = sum((row.end - row.start).total_seconds() for row in stretches)
    assert sum(share.seconds for share in shares_of(stretches, OFFICES[OFFICE])) == wall
    assert wall == 3 * 24 * 3600


def test_accounts_of_a_random_storm_add_up_to_the_stored_clocks(promise, cleo, ada, technical):
    promise(first_response=4, next_response=2, update=3, resolution=8)
    storm = Storm(7, customer=cleo, agent=ada, begin=at("2025-02-03 09:00"))
    for ticket in storm.tickets(6):
        for row in story_of(ticket, now=storm.now).clocks:
            told = sum(line.seconds for line in row.account.rows)
            assert told == row.account.state.elapsed_s
            if not row.clock.is_live:
                assert told == row.clock.elapsed_s
