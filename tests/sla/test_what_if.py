"""Drafts of rules, and the job that plays them: read only, stopped when asked, honest on failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import InternalError, transaction
from freezegun import freeze_time

from calendars.models import BusinessCalendar, CalendarVersion
from core import jobs
from core.jobs import JobCancelled, Work, run_due
from core.models import Job
from sla import histories
from sla.drafts import NEW, Draft, with_calendar, with_policy, with_preset
from sla.models import Coverage, PolicySetVersion, SlaPolicy
from sla.versions import policy_specs
from sla.what_if import run, try_draft
from tests.factories import make_ticket
from tests.sla.conftest import at
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
NOW = at("2025-02-10 12:00")


def work_on(draft: Draft, *, days: int = 90) -> Work:
    return Work(try_draft(draft, days=days, actor=None, now=NOW))


@pytest.fixture
def opened(promise, cleo, technical) -> Iterator[list[Ticket]]:
    """Three tickets nobody has answered, at noon some days later."""
    promise(first_response=4)
    with freeze_time(NOW):
        yield [make_ticket(cleo, technical, now=at(f"2025-02-0{day} 10:00")) for day in (4, 5, 6)]


def test_drafted_calendar_has_a_version_that_is_not_stored(office, promise):
    promise(resolution=8)
    draft = Draft.from_json(with_calendar(office, {"always": True, "tz": "UTC"}).to_json())
    rules, calendars = draft.compiled()
    assert rules.calendars[office.pk] == NEW
    assert calendars[NEW].always
    assert len(calendars) == CalendarVersion.objects.count() + 1


def test_new_policy_is_drafted_behind_the_others(promise):
    promise(resolution=8)
    spec = {**policy_specs()[0], "id": None, "name": "Fresh"}
    rules, _calendars = with_policy(SlaPolicy(name="Fresh"), spec).compiled()
    assert [(row.id, row.name) for row in rules.policies][-1] == (NEW, "Fresh")


def test_preset_is_drafted_and_taken_back(promise):
    promise(resolution=8)
    BusinessCalendar.objects.filter(slug="24x7").update(archived_at=NOW)
    before = list(SlaPolicy.objects.values()), PolicySetVersion.objects.count()
    draft = with_preset("p1-p4", now=NOW)
    assert (list(SlaPolicy.objects.values()), PolicySetVersion.objects.count()) == before
    assert not Job.objects.exists()
    rules, calendars = draft.compiled()
    assert len([row for row in rules.policies if row.is_offered]) > 1
    assert all(calendars[version] for version in rules.calendars.values())


def test_job_counts_chunk_by_chunk(opened, monkeypatch):
    monkeypatch.setattr(histories, "CHUNK", 2)
    work = work_on(with_policy(SlaPolicy.objects.get(), policy_specs()[0]))
    found = run(work)
    work.job.refresh_from_db()
    assert (work.job.done, work.job.total, found["tickets"]) == (3, 3, 3)
    assert (found["added"], found["removed"]) == (0, 0)
    assert found["cells"][0]["now"] == found["cells"][0]["then"] == [0, 3]


def test_tickets_outside_the_period_are_not_read(opened):
    draft = with_policy(SlaPolicy.objects.get(), policy_specs()[0])
    assert run(work_on(draft, days=5))["tickets"] == 1


def test_asked_to_stop_it_stops_at_the_next_chunk(opened):
    work = work_on(with_policy(SlaPolicy.objects.get(), policy_specs()[0]))
    Job.objects.update(cancel_requested=True)
    with pytest.raises(JobCancelled):
        run(work)


def test_failure_is_kept_with_the_job(opened, monkeypatch):
    draft = with_policy(SlaPolicy.objects.get(), policy_specs()[0])
    job = try_draft(draft, days=30, actor=None, now=NOW)
    Job.objects.update(attempts=jobs.MAX_ATTEMPTS - 1, arguments={"draft": {}, "days": 30})
    run_due(NOW)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.last_error


def test_spam_is_left_out_and_uncovered_tickets_are_played(opened):
    Ticket.objects.filter(pk=opened[0].pk).update(is_spam=True, is_open=False)
    Coverage.objects.filter(pk=opened[1].pk).delete()
    found = run(work_on(with_policy(SlaPolicy.objects.get(), policy_specs()[0])))
    assert (found["tickets"], found["skipped"]) == (2, {"gone": 1})


def test_reading_cannot_write(opened):
    with transaction.atomic():
        histories._forbid_writing()
        with pytest.raises(InternalError), transaction.atomic():
            Ticket.objects.update(subject="Changed")
        transaction.set_rollback(True)


def test_promises_a_calendar_cannot_hold_end_nothing(opened, office):
    spec = {"tz": "UTC", "exceptions": {"2025-02-03": [["09:00", "10:00"]]}}
    found = run(work_on(with_calendar(office, spec)))
    assert found["tickets"] + found["skipped"].get("never due", 0) == 3
    assert found["added"] == 0
