"""Long work: progress, cancelling, retries, crashes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from core import jobs
from core.jobs import JobKind, Work, cancel_job, run_due, start_job
from core.models import AuditEntry, Job

pytestmark = pytest.mark.django_db
COUNTED = {"counted": 3, "for_programs": 7}


@pytest.fixture(autouse=True)
def kinds() -> Iterator[list[int]]:
    """Three kinds of work: one that counts, one that fails, one that is stopped in the middle."""
    done: list[int] = []

    def count(work: Work) -> dict[str, int]:
        for step in range(1, work.arguments["steps"] + 1):
            done.append(step)
            work.advance(step, total=work.arguments["steps"])
        return {"counted": len(done), "for_programs": 7}

    def fail(work: Work) -> None:
        done.append(0)
        raise ValueError("no\x20luck")

    def stopped(work: Work) -> None:
        done.append(1)
        Job.objects.update(cancel_requested=True)
        work.advance(1)
        done.append(2)

    for key, run in (("test.count", count), ("test.fail", fail), ("test.stopped", stopped)):
        jobs.kinds.register(key, JobKind(key, run, words={"counted": "Steps taken"}))
    yield done
    for key in ("test.count", "test.fail", "test.stopped"):
        jobs.kinds._entries.pop(key)


def start(kind: str = "test.count", **fields: object) -> Job:
    return start_job(kind, {"steps": 3}, actor=fields.pop("actor", None), now=timezone.now())


def test_a_job_runs_once_and_tells_its_outcome(max_) -> None:
    job = start(actor=max_)
    assert (job.state, job.started_by) == ("waiting", max_)
    assert run_due(timezone.now()) == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.outcome) == ("done", 3, 3, COUNTED)
    assert job.finished_at
    assert run_due(timezone.now()) == 0
    assert AuditEntry.objects.get().verb == "job_started"


def test_its_page_tells_people_in_words_what_came_out(sign_in, max_) -> None:
    job = start(actor=max_)
    run_due(timezone.now())
    page = sign_in(max_).get(f"/admin/jobs/{job.pk}").text
    assert "<dt>Steps taken</dt>" in page
    assert "for_programs" not in page


def test_only_registered_work_can_be_asked_for() -> None:
    with pytest.raises(KeyError):
        start("test.unknown")
    assert not Job.objects.exists()


def test_a_poke_runs_this_job_alone() -> None:
    first, second = start(), start()
    jobs.run_job(second.pk, now=timezone.now())
    states = dict(Job.objects.values_list("pk", "state"))
    assert states == {first.pk: "waiting", second.pk: "done"}


def test_a_waiting_job_is_cancelled_at_once(max_, kinds: list[int]) -> None:
    job = cancel_job(start(), actor=max_, now=timezone.now())
    assert job.state == "cancelled"
    assert run_due(timezone.now()) == 0
    assert kinds == []


def test_a_running_job_stops_at_its_next_step(kinds: list[int]) -> None:
    job = start("test.stopped")
    run_due(timezone.now())
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert kinds == [1]


def test_a_finished_job_cannot_be_cancelled(max_) -> None:
    job = start()
    run_due(timezone.now())
    assert cancel_job(job, actor=max_, now=timezone.now()).state == "done"


def test_a_failing_job_is_tried_three_times_with_pauses(kinds: list[int]) -> None:
    job, now = start("test.fail"), timezone.now()
    for pause in (0, 1, 5, 9):
        run_due(now + timedelta(minutes=pause))
        run_due(now + timedelta(minutes=pause))
    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error) == ("failed", 3, "ValueError: no luck")
    assert kinds == [0, 0, 0]


def test_a_job_left_by_a_crash_is_taken_up_again() -> None:
    job, now = start(), timezone.now()
    Job.objects.update(state="running", attempts=1, lease_until=now + timedelta(seconds=60))
    assert run_due(now) == 0
    assert run_due(now + timedelta(seconds=61)) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_a_job_that_kills_its_worker_is_given_up(kinds: list[int]) -> None:
    job, now = start(), timezone.now()
    Job.objects.update(state="running", attempts=3, lease_until=now)
    run_due(now)
    job.refresh_from_db()
    assert job.state == "failed"
    assert kinds == []
