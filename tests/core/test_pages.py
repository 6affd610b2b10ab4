"""Core's own pages: audit log, system, jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core import audit
from core.models import AuditEntry, Job, SweepRun
from core.registries import HealthLine, health_checks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("core_urls")]
LOG = "/admin/audit_log"


@pytest.fixture
def chief(sign_in, owner) -> Client:
    return sign_in(owner)


def write(number: int, **fields: object) -> AuditEntry:
    moment = timezone.now() - timedelta(minutes=number)
    return audit.record("changed", f"thing {number:03}", actor=None, now=moment, **fields)


def test_the_log_shows_who_changed_what(chief: Client, max_, technical) -> None:
    audit.record("changed", technical, actor=max_, before={"name": "IT"}, after={"name": "Tech"})
    page = chief.get(LOG).text
    for word in ("Max", "changed", "Technical", "<del>IT</del>", "<ins>Tech</ins>"):
        assert word in page


def test_the_log_is_read_page_by_page_without_a_gap(chief: Client) -> None:
    for number in range(120):
        write(number)
    seen: list[str] = []
    url = f"{LOG}?q=thing"
    for _page in range(3):
        context = chief.get(url).context
        seen += [line.subject for line in context["lines"]]
        url = context["next_url"]
    assert seen == [f"thing {number:03}" for number in range(120)]
    assert url == ""


def test_the_log_is_filtered(chief: Client, technical) -> None:
    write(1)
    audit.record("archived", technical, actor=None)
    by_verb = chief.get(LOG, {"verb": "archived"}).context["lines"]
    by_text = chief.get(LOG, {"q": "thing"}).context["lines"]
    by_row = chief.get(LOG, {"kind": "department", "subject": technical.pk}).context["lines"]
    by_day = chief.get(LOG, {"until": "2020-01-01"}).context["lines"]
    assert [len(lines) for lines in (by_verb, by_text, by_row, by_day)] == [1, 1, 1, 0]


@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "9" * 30}, {"since": "never"},
                                   {"verb": "x"}, {"actor__password": "x"}])  # fmt: skip
def test_odd_filters_do_no_harm(chief: Client, query: dict[str, str]) -> None:
    write(1)
    assert chief.get(LOG, query).status_code == 200


def test_the_export_is_safe_and_leaves_a_trace(chief: Client) -> None:
    write(1, after={"name": "=cmd"})
    audit.record("changed", "=HYPERLINK(1)", actor=None)
    text = b"".join(chief.get(f"{LOG}/export").streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert "thing 001" in text
    assert AuditEntry.objects.filter(verb="exported").count() == 1


def test_the_log_costs_the_same_with_many_entries(chief: Client, statements) -> None:
    for number in range(60):
        write(number)
    chief.get(LOG)  # options and colours are remembered from here on
    with statements(2):
        chief.get(LOG)


@pytest.mark.parametrize("path", [LOG, f"{LOG}/export", "/admin/system"])
def test_agents_read_neither_log_nor_system(sign_in, ada, path: str) -> None:
    assert sign_in(ada).get(path).status_code == 403


def test_the_system_page_names_troubles_first(chief: Client, monkeypatch) -> None:
    def broken() -> HealthLine:
        raise RuntimeError("inside")

    monkeypatch.setitem(health_checks._entries, "test", broken)
    SweepRun.objects.create(key="mail", began_at=timezone.now())
    page = chief.get("/admin/system")
    assert not page.context["lines"][0].is_well
    assert "RuntimeError" in page.text
    assert "PostgreSQL" in page.text


def test_standing_sweeps_are_a_trouble(chief: Client) -> None:
    SweepRun.objects.create(key="mail", began_at=timezone.now() - timedelta(minutes=5))
    page = chief.get("/admin/system").context
    assert "Sweeps" in [line.name for line in page["lines"] if not line.is_well]


def make_job(user: object, **fields: object) -> Job:
    values = {"kind": "x", "started_by": user, "created_at": timezone.now(), "total": 10, "done": 4}
    return Job.objects.create(**{**values, **fields})


def test_a_job_shows_its_progress_to_who_started_it(sign_in, ada) -> None:
    job = make_job(ada, state="running")
    page = sign_in(ada).get(f"/admin/jobs/{job.pk}").text
    assert 'value="4"' in page
    assert "hd:tick" in page


def test_a_finished_job_polls_no_more(sign_in, ada) -> None:
    job = make_job(ada, state="done")
    page = sign_in(ada).get(f"/admin/jobs/{job.pk}").text
    assert "hx-get" not in page.partition('id="job"')[2].partition("</main>")[0]
    assert "<b>Done</b>" in page


def test_colleagues_do_not_see_each_others_jobs_but_managers_do(sign_in, ada, ben, max_) -> None:
    job = make_job(ada)
    assert sign_in(ben).get(f"/admin/jobs/{job.pk}").status_code == 404
    assert sign_in(ben).post(f"/admin/jobs/{job.pk}/cancellation").status_code == 404
    assert sign_in(max_).get(f"/admin/jobs/{job.pk}").status_code == 200


def test_a_job_is_stopped_by_its_button(sign_in, ada) -> None:
    job = make_job(ada)
    assert sign_in(ada).post(f"/admin/jobs/{job.pk}/cancellation").status_code == 303
    job.refresh_from_db()
    assert job.state == "cancelled"
