"""Thresholds fire once, whatever the sweep goes through (sla.md 6, 7)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock as house_clock
from core import events
from core.events import on
from sla import health, sweep
from sla.actions.rules import put_in_force
from sla.events import ClockBreached, ClockWarned
from sla.following import catch_up
from sla.models import Firing, SlaClock, SlaTarget
from sla.recomputing import differences
from tests.factories import make_reply, make_ticket
from tests.sla.conftest import at
from tickets.actions import change_status, mark_spam
from tickets.actors import Actor
from tickets.models import Status

pytestmark = pytest.mark.django_db
TEN, ONE, TWO, LATER = (f"2025-02-04 {time}" for time in ("10:00", "13:00", "14:00", "15:00"))
SECOND = timedelta(seconds=1)


@pytest.fixture
def heard(monkeypatch) -> list[tuple[str, int]]:
    """Every warning and breach that was announced."""
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(events, "_reactions", {**events._reactions})
    for kind in (ClockWarned, ClockBreached):
        events._reactions[kind] = list(events._reactions.get(kind, ()))
        on(kind)(lambda event: found.append((event.firing.threshold, event.clock.pk)))
    return found


@pytest.fixture
def ticket(promise, cleo, technical):
    """Four hours from Tuesday at ten: a warning at 13:00, due at 14:00."""
    promise(first_response=4)
    return make_ticket(cleo, technical, now=at(TEN))


def swept(when: str, *, after: timedelta = timedelta()) -> None:
    moment = at(when) + after
    sweep.claim(moment)
    sweep.act(moment)


def outcomes() -> list[tuple[str, str]]:
    return list(Firing.objects.order_by("pk").values_list("threshold", "outcome"))


def test_nothing_fires_early(ticket, heard):
    swept("2025-02-04 12:59:59")
    assert (heard, outcomes()) == ([], [])


def test_warning_and_breach_fire_once_each(ticket, heard):
    for when in (ONE, ONE, "2025-02-04 13:30", TWO, LATER, LATER):
        swept(when)
    assert [threshold for threshold, _clock in heard] == ["75%", "breach"]
    assert outcomes() == [("75%", "announced"), ("breach", "announced")]


def test_deadline_itself_is_in_time(ticket, heard):
    swept(TWO)
    assert "breach" not in dict(heard)
    swept(TWO, after=SECOND)
    assert SlaClock.objects.get().breached_at == at(TWO)


def test_downtime_announces_the_most_severe_only(ticket, heard):
    swept("2025-02-07 09:00")
    assert [threshold for threshold, _clock in heard] == ["breach"]
    assert outcomes() == [("75%", "superseded"), ("breach", "announced")]
    assert [row.scheduled_for for row in Firing.objects.order_by("pk")] == [
        at(ONE),
        at(TWO) + SECOND,
    ]


def test_answered_between_claim_and_announcement(ticket, ada, heard):
    """A warning about what was answered meanwhile is of no use to anybody."""
    sweep.claim(at(ONE))
    make_reply(ticket, ada, now=at(ONE))
    sweep.act(at(ONE))
    assert (heard, outcomes()) == ([], [("75%", "superseded")])


def test_in_time_although_the_sweep_was_there_first(ticket, ada, heard):
    """The reply was received at the deadline, and committed after a sweep had claimed it."""
    sweep.claim(at(TWO) + SECOND)
    make_reply(ticket, ada, now=at(TWO))
    sweep.act(at(TWO) + SECOND)
    assert SlaClock.objects.get().breached_at is None
    assert ("breach", "superseded") in outcomes()
    assert list(differences()) == []


def test_late_answer_before_the_sweep_is_a_breach_all_the_same(ticket, ada, heard):
    make_reply(ticket, ada, now=at(LATER))
    swept(LATER)
    assert [threshold for threshold, _clock in heard] == ["breach"]


def test_spam_before_the_deadline_fires_nothing(ticket, ada, heard):
    mark_spam(ticket, actor=Actor.of_user(ada), now=at("2025-02-04 12:00"))
    swept(LATER)
    assert heard == []


def test_paused_warns_nobody(promise, cleo, ada, technical, heard):
    promise(resolution=4)
    ticket = make_ticket(cleo, technical, now=at(TEN))
    hold = Status.objects.get(slug="hold")
    change_status(ticket, status=hold, actor=Actor.of_user(ada), now=at("2025-02-04 12:00"))
    swept("2025-02-07 12:00")
    assert heard == []


def test_crash_between_claim_and_announcement(ticket, heard, monkeypatch):
    """What was claimed is announced by a later sweep, exactly once."""
    sweep.claim(at(LATER))
    with monkeypatch.context() as broken:
        broken.setattr(sweep.Batch, "save", _crash)
        with pytest.raises(RuntimeError):
            sweep.act(at(LATER))
    heard.clear()  # rolled back with the transaction
    assert outcomes()[-1] == ("breach", "claimed")
    for _time in range(2):
        sweep.act(at(LATER))
    assert [threshold for threshold, _clock in heard] == ["breach"]


def _crash(_batch: object) -> None:
    raise RuntimeError("killed")


def test_poke_that_is_lost_only_delays(ticket, heard, monkeypatch):
    monkeypatch.setattr(sweep.pokes, "poke", lambda _task: None)
    sweep.claim(at(LATER))
    assert heard == []
    sweep.act(at(LATER))
    assert [threshold for threshold, _clock in heard] == ["breach"]


def test_clock_ten_minutes_back_and_forward(ticket, heard):
    for when in (TWO, "2025-02-04 14:00:01", "2025-02-04 13:50:01", "2025-02-04 14:00:01", LATER):
        swept(when)
    assert [threshold for threshold, _clock in heard] == ["75%", "breach"]
    assert SlaClock.objects.get().breached_at == at(TWO)


def test_clock_set_back_between_claim_and_announcement(ticket, heard):
    sweep.claim(at(LATER))
    sweep.act(at(ONE))
    assert [threshold for threshold, _clock in heard] == ["breach"]


def test_breach_is_noted_even_when_its_announcement_came_too_early(
    promise, cleo, ada, technical, heard
):
    """A clock an hour ahead announces it; set right, the ticket rests and is late later."""
    promise(resolution=4)
    ticket = make_ticket(cleo, technical, now=at(TEN))
    swept(LATER)
    for slug, when in (("hold", "13:30"), ("progress", "13:45")):
        status = Status.objects.get(slug=slug)
        change_status(ticket, status=status, actor=Actor.of_user(ada), now=at(f"2025-02-04 {when}"))
    assert SlaClock.objects.get().breached_at is None
    swept("2025-02-04 14:16")
    assert SlaClock.objects.get().breached_at == at("2025-02-04 14:15")
    assert [threshold for threshold, _clock in heard] == ["breach"]


def test_loosened_deadline_fires_anew(promise, ticket, ada, heard):
    swept("2025-02-04 14:30")
    SlaTarget.objects.update(amount=8)
    put_in_force(actor=None, now=at(LATER))
    catch_up(ticket, now=at(LATER))
    swept("2025-02-05 12:00")
    assert [threshold for threshold, _clock in heard] == ["breach", "breach"]
    assert sorted(Firing.objects.values_list("threshold", "generation")) == [
        ("75%", 0),
        ("75%", 1),
        ("breach", 0),
        ("breach", 1),
    ]


def test_idle_sweep_is_one_statement(ticket):
    with CaptureQueriesContext(connection) as captured:
        assert sweep.claim(at(TEN)) == 0
    statements = [row["sql"] for row in captured if "SAVEPOINT" not in row["sql"]]
    assert len(statements) == 1


def test_batches_are_claimed_until_nothing_is_left(promise, cleo, technical, heard, monkeypatch):
    monkeypatch.setattr(sweep, "CLAIM_BATCH", 2)
    monkeypatch.setattr(sweep, "ACT_BATCH", 2)
    promise(first_response=4)
    for _number in range(5):
        make_ticket(cleo, technical, now=at(TEN))
    assert sweep.claim(at(LATER)) == 5
    assert sweep.act(at(LATER)) == 5
    assert len(heard) == 5


def test_lateness_is_told_and_well_up_to_half_a_minute(ticket):
    assert health.lateness().is_well
    swept(TWO, after=timedelta(seconds=11))
    with house_clock.moved_to(at(TWO) + timedelta(seconds=12)):
        line = health.lateness()
    # The warning of 13:00 is an hour late: the sweep did not run.
    assert (line.is_well, line.value) == (False, 3611.0)


def test_caches_agree_after_the_sweep(ticket):
    swept(ONE)
    assert list(differences()) == []
    swept(LATER)
    assert list(differences()) == []
