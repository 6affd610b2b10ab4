"""The pages of the what-if by the cast: choose, follow, read; nothing is changed (N1)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from freezegun import freeze_time
from selectolax.lexbor import LexborHTMLParser

from core.jobs import cancel_job, run_due
from core.models import Job
from sla.drafts import with_policy
from sla.models import PolicySetVersion, SlaClock, SlaPolicy, SlaTarget
from sla.versions import policy_specs
from sla.what_if import try_draft
from tests.factories import make_calendar, make_reply, make_ticket
from tests.sla.browsing import sent_by
from tests.sla.conftest import at
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
NOW = "2025-02-20 12:00"
TRIED = "form:has(button[formaction*=what-if])"


@pytest.fixture
def answered(promise, cleo, ada, technical) -> Ticket:
    """A ticket answered after two hours; four were promised."""
    promise(first_response=4)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    make_reply(ticket, ada, now=at("2025-02-04 12:00"))
    return ticket


def finished() -> Job:
    """The run that was just asked for, done."""
    with freeze_time(at(NOW)):
        run_due(at(NOW))
    return Job.objects.filter(kind="sla.what_if").latest("pk")


def stored() -> list[object]:
    """What a what-if must leave alone."""
    tables = (SlaPolicy, SlaTarget, PolicySetVersion, SlaClock)
    return [list(model.objects.order_by("pk").values()) for model in tables]


def test_another_preset_is_tried_and_nothing_is_changed(answered, max_, sign_in):
    before = stored()
    with freeze_time(at(NOW)):
        page = sign_in(max_).post(reverse("sla_what_if"), {"other": "preset:erp", "days": "90"})
    job = finished()
    assert (page.status_code, page["Location"]) == (303, f"/admin/sla/what-if/{job.pk}")
    assert (job.state, job.outcome["tickets"]) == ("done", 1)
    assert stored() == before
    shown = sign_in(max_).get(page["Location"]).content.decode()
    assert "Nothing was changed" in shown


def test_report_lists_what_would_have_been_missed(answered, max_, sign_in):
    SlaTarget.objects.update(amount=1)
    draft = with_policy(SlaPolicy.objects.get(), policy_specs()[0])
    try_draft(draft, days=30, actor=max_, now=at(NOW))
    job = finished()
    assert (job.outcome["added"], job.outcome["removed"]) == (1, 0)
    assert job.outcome["late"]["then"] == {"sum": 60, "p50": 60, "p90": 60}
    page = sign_in(max_).get(reverse("sla_what_if_run", args=[job.pk])).content.decode()
    assert f"#{answered.number} Espresso line down" in page
    assert "1 h of “Everybody”, due 4 Feb 2025 16:00: missed, ended 4 Feb 2025 17:00" in page


def test_policy_is_tried_as_it_stands_in_its_form(answered, max_, sign_in):
    policy, client = SlaPolicy.objects.get(), sign_in(max_)
    before = stored()
    sent = sent_by(
        client.get(reverse("sla_policies_edit", args=[policy.pk])).content.decode(), form=TRIED
    )
    cell = next(name for name, value in sent.items() if value == "4")
    with freeze_time(at(NOW)):
        page = client.post(reverse("sla_try_policy", args=[policy.pk]), {**sent, cell: "1"})
    assert page.status_code == 303
    assert finished().outcome["added"] == 1
    assert stored() == before


def test_policy_form_that_makes_no_sense_comes_back(answered, max_, sign_in):
    url = reverse("sla_try_policy", args=[SlaPolicy.objects.get().pk])
    assert sign_in(max_).post(url, {"name": ""}).status_code == 422
    assert not Job.objects.filter(kind="sla.what_if").exists()


def test_calendar_is_tried_as_it_stands_in_its_form(answered, office, max_, sign_in):
    client, before = sign_in(max_), stored()
    sent = sent_by(
        client.get(reverse("calendars_edit", args=[office.pk])).content.decode(), form=TRIED
    )
    with freeze_time(at(NOW)):
        page = client.post(
            reverse("sla_try_calendar", args=[office.pk]), {**sent, "tue": "11:45-12:00"}
        )
    assert page.status_code == 303
    assert finished().outcome["flipped"] == []
    assert stored() == before


def test_default_calendar_is_tried_without_being_changed(answered, max_, sign_in):
    other = make_calendar("Mornings", weekly={"mon": [["09:00", "10:00"]]})
    with freeze_time(at(NOW)):
        sign_in(max_).post(reverse("sla_what_if"), {"other": f"calendar:{other.pk}", "days": "365"})
    assert finished().outcome["tickets"] == 1
    assert Job.objects.latest("pk").arguments["draft"]["name"] == "Mornings"


def test_preset_is_tried_from_its_own_page(promise, max_, sign_in):
    promise(first_response=4)
    client = sign_in(max_)
    page = client.get(reverse("sla_preset", args=["erp"])).content.decode()
    button = LexborHTMLParser(page).css_first("button[formaction*=what-if]")
    sent = {"other": button.attributes["value"], "days": "90"}
    assert client.post(button.attributes["formaction"], sent).status_code == 303
    assert Job.objects.latest("pk").arguments["draft"]["kind"] == "preset"


def test_run_can_be_followed_and_stopped(answered, max_, sign_in):
    client = sign_in(max_)
    client.post(reverse("sla_what_if"), {"other": "preset:erp", "days": "90"})
    job = Job.objects.latest("pk")
    url = reverse("sla_what_if_run", args=[job.pk])
    part = client.get(url, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert f'hx-get="{url}"' in part
    cancel_job(job, actor=max_, now=at(NOW))
    stopped = client.get(url).content.decode()
    assert "This run was stopped" in stopped
    assert "hx-get" not in stopped.split('id="run"')[1].split(">")[0]


def test_period_without_tickets_says_so(promise, max_, sign_in):
    promise(first_response=4)
    client = sign_in(max_)
    client.post(reverse("sla_what_if"), {"other": "preset:erp", "days": "30"})
    page = client.get(reverse("sla_what_if_run", args=[finished().pk])).content.decode()
    assert "No ticket of this period has a history to play." in page


def test_nothing_chosen_is_told(promise, max_, sign_in):
    promise(first_response=4)
    assert sign_in(max_).post(reverse("sla_what_if"), {}).status_code == 422


def test_agents_do_not_try_rules(promise, ada, sign_in):
    promise(first_response=4)
    assert sign_in(ada).get(reverse("sla_what_if")).status_code == 403
