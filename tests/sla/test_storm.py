"""Random storms of real actions: whatever happens, caches and ledgers say what happened."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Department, Membership
from calendars.actions import CalendarFacts, save_calendar
from calendars.models import BusinessCalendar
from core import clock as house_clock
from core.jobs import run_due
from sla import sweep
from sla.actions.manual import correct_calendar, exclude_ticket, pin_policy, void_breach
from sla.actions.rules import put_in_force
from sla.models import ClockEntry, Firing, ServiceExclusion, SlaClock, SlaPolicy, SlaTarget
from sla.recomputing import differences
from sla.saving import folded_state
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tests.sla.conftest import METRICS, at, priority
from tickets.actions import (
    Changes,
    assign_ticket,
    change_status,
    change_ticket,
    delete_ticket,
    mark_spam,
    set_tags,
    unmark_spam,
    withdraw_reply,
)
from tickets.actors import Actor
from tickets.content import Author
from tickets.models import Service, Status, Ticket

pytestmark = pytest.mark.django_db
STEPS, TICKETS = 150, 6
GAPS = (0, 0, 1, 30, 600, 3600, 5 * 3600, 20 * 3600, 70 * 3600)


class Storm:
    """One company through some weeks: `step()` does one thing and moves the time on."""

    def __init__(self, seed: int, cast: dict) -> None:
        self.chance = random.Random(seed)
        self.cast = cast
        self.now = at("2025-03-05 09:30")  # four days before clocks go forward
        self.done: list[str] = []
        self.tickets = [self._open() for _number in range(TICKETS)]

    def step(self) -> None:
        self.now += timedelta(seconds=self.chance.choice(GAPS))
        kinds = [*[self._on_ticket] * 12, self._swept, self._swept, self._ruled, self._opened]
        with house_clock.moved_to(self.now):
            self.chance.choice(kinds)()

    def _on_ticket(self) -> None:
        ticket = self.chance.choice(self.tickets)
        ticket.refresh_from_db()
        deeds: list[Callable[[Ticket], object]] = [
            self.writes, self.writes, self.replies, self.replies, self.rests, self.rests, self.takes,
            self.ranks, self.moves, self.serves, self.tags, self.notes, self.spams, self.excludes,
            self.pins, self.voids, self.corrects, self.promotes, self.regrets, self.machines,
        ]  # fmt: skip
        deed = self.chance.choice(deeds)
        self.done.append(f"{self.now:%d %H:%M:%S} {deed.__name__} #{ticket.number}")
        deed(ticket)

    def _open(self) -> Ticket:
        return make_ticket(
            self.cast["cleo"], self._department(), now=self.now,
            priority=priority(self.chance.randint(1, 4)),
        )  # fmt: skip

    def _opened(self) -> None:
        self.tickets[self.chance.randrange(TICKETS)] = self._open()

    def _department(self) -> Department:
        return self.chance.choice(list(Department.objects.order_by("pk")))

    def _swept(self) -> None:
        self.done.append(f"{self.now:%d %H:%M:%S} sweep")
        sweep.claim(self.now)
        if self.chance.random() < 0.7:
            sweep.act(self.now)

    @property
    def ada(self) -> Actor:
        return Actor.of_user(self.cast["ada"])

    # -- tickets ------------------------------------------------------------------------

    def writes(self, ticket: Ticket) -> None:
        make_inbound(ticket, now=self.now)

    def machines(self, ticket: Ticket) -> None:
        robot = Author(name="Robot", email="robot@harbour.example", is_automatic=True)
        make_inbound(ticket, now=self.now, author=robot)

    def replies(self, ticket: Ticket) -> None:
        after = self.chance.choice((None, "answered", "closed"))
        status = Status.objects.get(slug=after) if after else None
        self.last_reply = make_reply(ticket, self.cast["ada"], now=self.now, after=status)

    def regrets(self, ticket: Ticket) -> None:
        reply = ticket.messages.filter(kind="reply").order_by("-pk").first()
        if reply is not None and reply.created_at >= self.now - timedelta(hours=1):
            withdraw_reply(reply, actor=self.ada, now=self.now)

    def rests(self, ticket: Ticket) -> None:
        status = self.chance.choice(list(Status.objects.order_by("pk")))
        change_status(ticket, status=status, actor=self.ada, now=self.now)

    def takes(self, ticket: Ticket) -> None:
        if ticket.department.members.filter(pk=self.cast["ada"].pk).exists():
            assign_ticket(ticket, assignee=self.cast["ada"], actor=self.ada, now=self.now)

    def ranks(self, ticket: Ticket) -> None:
        self._change(ticket, priority=priority(self.chance.randint(1, 4)))

    def moves(self, ticket: Ticket) -> None:
        self._change(ticket, department=self._department())

    def serves(self, ticket: Ticket) -> None:
        self._change(
            ticket, service=self.chance.choice([None, *Service.objects.order_by("pk")[:2]])
        )

    def promotes(self, ticket: Ticket) -> None:
        other = self.cast["otto"] if ticket.customer == self.cast["cleo"] else self.cast["cleo"]
        other.is_vip = not other.is_vip
        other.save(update_fields=["is_vip"])
        self._change(ticket, customer=other)

    def _change(self, ticket: Ticket, **fields: object) -> None:
        change_ticket(ticket, changes=Changes(**fields), actor=self.ada, now=self.now)

    def tags(self, ticket: Ticket) -> None:
        names = self.chance.sample(["vip", "urgent", "loud"], self.chance.randint(0, 2))
        set_tags(ticket, names=names, actor=self.ada, now=self.now)

    def notes(self, ticket: Ticket) -> None:
        make_note(ticket, self.cast["ada"])

    def spams(self, ticket: Ticket) -> None:
        if self.chance.random() < 0.05:
            delete_ticket(ticket, actor=self.ada, now=self.now)
        turn = unmark_spam if ticket.is_spam else mark_spam
        turn(ticket, actor=self.ada, now=self.now)

    # -- managers -----------------------------------------------------------------------

    def excludes(self, ticket: Ticket) -> None:
        reason = "" if ticket.sla_coverage.case["excluded_by_hand"] else "Goodwill"
        exclude_ticket(ticket, reason=reason, actor=self.ada, now=self.now)

    def pins(self, ticket: Ticket) -> None:
        policy = self.chance.choice([None, *SlaPolicy.objects.all()])
        pin_policy(ticket, policy=policy, actor=self.ada, now=self.now)

    def voids(self, ticket: Ticket) -> None:
        late = SlaClock.objects.filter(ticket=ticket, voided_at=None).exclude(breached_at=None)
        for clock in late[:1]:
            void_breach(clock, why="Power cut", actor=self.cast["max_"], now=self.now)

    def corrects(self, ticket: Ticket) -> None:
        since = self.now - timedelta(hours=self.chance.randint(1, 60))
        for clock in SlaClock.objects.filter(ticket=ticket)[:1]:
            correct_calendar(
                clock, effective_at=since, why="Holiday", actor=self.cast["max_"], now=self.now
            )

    def _ruled(self) -> None:
        deed = self.chance.choice([self._targets, self._calendar, self._pauses, self._offers])
        self.done.append(f"{self.now:%d %H:%M:%S} {deed.__name__}")
        deed()
        put_in_force(actor=None, now=self.now)
        if self.chance.random() < 0.8:
            run_due(self.now)

    def _targets(self) -> None:
        row = self.chance.choice(list(SlaTarget.objects.order_by("pk")))
        row.amount = self.chance.choice([None, 1, 2, 4, 8, 24])
        row.unit = self.chance.choice(["hours", "hours", "business_days"])
        row.save(update_fields=["amount", "unit"])

    def _calendar(self) -> None:
        calendar = BusinessCalendar.objects.get(is_default=True)
        spec = dict(calendar.versions.order_by("-pk").first().spec)
        day = (self.now + timedelta(days=self.chance.randint(-2, 6))).date().isoformat()
        spec["holidays"] = sorted({*spec.get("holidays", ()), day})
        facts = CalendarFacts(name=calendar.name, description="", spec=spec)
        save_calendar(calendar, facts=facts, actor=None, now=self.now)

    def _pauses(self) -> None:
        status = self.chance.choice(list(Status.objects.order_by("pk")))
        metrics = ["resolution", "update", "first_response"]
        status.pauses_sla = self.chance.sample(metrics, self.chance.randint(0, 3))
        status.save(update_fields=["pauses_sla"])

    def _offers(self) -> None:
        policy = self.chance.choice(list(SlaPolicy.objects.order_by("pk")))
        policy.is_enabled = not policy.is_enabled
        policy.pauses_response = self.chance.random() < 0.5
        policy.reopen_mode = self.chance.choice(["continue", "restart"])
        policy.save()
        service = Service.objects.order_by("pk").first()
        if not ServiceExclusion.objects.filter(service=service).delete()[0]:
            ServiceExclusion.objects.create(service=service, reason="Training")


@pytest.fixture
def people(ada, max_, cleo, otto) -> dict:
    return {"ada": ada, "max_": max_, "cleo": cleo, "otto": otto}


@pytest.fixture
def cast(promise, people, technical, billing) -> dict:
    """Three policies: of important customers, of a department, of everybody."""
    Membership.objects.create(department=billing, user=people["ada"])
    technical.calendar = BusinessCalendar.objects.get(slug="24x7")
    technical.save()
    vip = {"field": "customer_vip", "op": "is", "value": True}
    billed = {"field": "department", "op": "is", "value": billing.pk}
    promise(name="Important", conditions=vip, position=1, reselects=True, first_response=1)
    promise(name="Billing", conditions=billed, position=2, update=2, resolution=24)
    promise(**dict.fromkeys(METRICS, 8), resolving_answers=True)
    Service.objects.get_or_create(slug="coffee", defaults={"name": "Coffee"})
    return people


@pytest.mark.parametrize("seed", range(4))
def test_after_a_storm_everything_agrees(seed, cast):
    storm = Storm(seed, cast)
    for _number in range(STEPS):
        storm.step()
        found = [str(row) for row in checked(storm.now)] if _number % 10 == 0 else []
        assert found == [], "\n".join(storm.done[-12:])
    assert [str(row) for row in checked(storm.now)] == []
    for clock in SlaClock.objects.all():
        assert clock.state == folded_state(clock.entries.all()).state
    assert Firing.objects.filter(outcome="announced").exists()


def checked(now: datetime) -> list:
    with house_clock.moved_to(now):
        return list(differences())


def test_everything_is_swept_in_the_end(cast):
    """After the last deadline no clock that runs is late without having fired."""
    storm = Storm(99, cast)
    for _number in range(60):
        storm.step()
    end = storm.now + timedelta(days=400)
    sweep.claim(end)
    sweep.act(end)
    assert not SlaClock.objects.filter(next_fire_at__lte=end).exists()
    for clock in SlaClock.objects.filter(state="running", voided_at=None, due_at__lt=end):
        assert clock.breached_at is not None
        assert clock.firings.filter(threshold="breach").exists()
    with house_clock.moved_to(end):
        assert [str(row) for row in differences()] == []


DAMAGE = [
    {"breached_at": at("2025-03-05 10:00")},
    {"next_fire_at": None},
    {"due_at": None},
    {"elapsed_s": 7},
    {"state": "paused"},
    {"schedule": []},
    {"generation": 3},
    {"target_s": 1},
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: next(iter(damage)))
def test_damaged_caches_are_found_and_mended(damage, promise, cleo, technical):
    promise(first_response=4, resolution=8)
    ticket = make_ticket(cleo, technical, now=at("2025-03-05 09:30"))
    SlaClock.objects.filter(ticket=ticket, metric="resolution").update(**damage)
    now = at("2025-03-05 12:00")
    assert any(next(iter(damage)) in str(row) for row in checked(now))
    with house_clock.moved_to(now):
        list(differences(repair=True))
    assert checked(now) == []


def test_damaged_columns_of_a_ticket_are_mended(promise, cleo, technical):
    promise(first_response=4)
    ticket = make_ticket(cleo, technical, now=at("2025-03-05 09:30"))
    Ticket.objects.update(sla_due_at=at("2030-01-01 00:00"), sla_state="met")
    list(differences(repair=True))
    ticket.refresh_from_db()
    assert (ticket.sla_due_at, ticket.sla_state) == (at("2025-03-05 13:30"), "running")


def test_mending_keeps_a_breach_that_only_the_sweep_knows(promise, cleo, technical):
    promise(first_response=4)
    ticket = make_ticket(cleo, technical, now=at("2025-03-05 09:30"))
    sweep.claim(at("2025-03-05 14:00"))
    Ticket.objects.update(sla_state="met")
    list(differences(repair=True))
    clock = SlaClock.objects.get(ticket=ticket)
    assert (clock.breached_at, clock.next_fire_at) == (at("2025-03-05 13:30"), None)


def test_ticket_nobody_follows_is_found_and_covered(promise, cleo, technical):
    ticket = make_ticket(cleo, technical, now=at("2025-03-05 09:30"))
    promise(first_response=4)
    ticket.sla_coverage.delete()
    assert "no clock follows it" in str(next(differences(repair=True)))
    assert list(differences()) == []


def test_verify_is_clean_after_a_storm(cast):
    storm = Storm(5, cast)
    for _number in range(30):
        storm.step()
    sweep.claim(storm.now)
    sweep.act(storm.now)
    output = StringIO()
    with house_clock.moved_to(storm.now):
        call_command("sla_recompute", "--check", stdout=output)
    assert "0 differences" in output.getvalue()


def test_ledgers_hold_no_entry_before_the_one_above(cast):
    storm = Storm(6, cast)
    for _number in range(60):
        storm.step()
    for clock in SlaClock.objects.all():
        moments = list(ClockEntry.objects.filter(clock=clock).values_list("at", flat=True))
        assert moments == sorted(moments)
