"""The demo company uses its desk: library, fields, views, parts, merges, visits, promises."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from core.models import Option
from customers.models import Asset, CrmRecord, CustomerNote, ServiceContract
from helpdesk.demo import deeds, founding, library, papers, play, stage, timeline
from helpdesk.demo.cases import cases
from helpdesk.demo.library import SHELF
from helpdesk.demo.stories import stories
from mailpipe.models import OutgoingMail
from notifications.models import Announcement
from sla import recomputing
from sla.models import SlaClock
from tickets import verify
from tickets.models import (
    Appointment,
    CustomField,
    Draft,
    Merge,
    PredefinedReply,
    Promise,
    ReplyUse,
    SavedView,
    ScheduledReply,
    Task,
    TaskTemplate,
    Ticket,
    TicketLink,
    TimeEntry,
    WarrantyClaim,
)


@pytest.fixture
def desk(db, settings, monkeypatch):
    """The cases, and as few everyday tickets as leave room for them."""
    settings.DEMO, settings.SMTP = True, None
    monkeypatch.setattr(founding, "CUSTOMER_COUNT", 60)
    monkeypatch.setattr(play, "RECENT", 20)
    plan = play.prepare(now=timezone.now(), tickets=22)
    for _ in play.play_recent(plan):
        pass


def subjects(tickets) -> set[str]:
    return set(tickets.values_list("subject", flat=True))


def test_company_sets_its_desk_up_once(db):
    for _time in range(2):
        founding.found_company(now=timezone.now())
    assert CustomField.objects.count() == 6
    assert TaskTemplate.objects.filter(name="Loan machine").count() == 1
    assert SavedView.objects.shared().count() == SavedView.objects.exclude(owner=None).count() == 2
    assert Announcement.objects.count() == 2
    counts = [model.objects.count() for model in (Asset, ServiceContract, CustomerNote)]
    assert counts == [6, 2, 2]
    assert CrmRecord.objects.overdue(timezone.now().date()).count() == 1
    own = PredefinedReply.objects.filter(shortcut__in=[plan.shortcut for plan in SHELF])
    assert own.count() == len(SHELF)


def test_stories_name_texts_and_papers_that_exist():
    assert {story.predefined for story in stories()} - {""} <= {plan.shortcut for plan in SHELF}
    assert {story.paper for story in stories()} - {""} == {papers.PDF, papers.DOCX}


def test_cases_name_deeds_that_exist():
    now = timezone.now()
    told = [step for script in cases([], now=now) for step in script.steps if step.kind == "do"]
    assert {step.text for step in told} == set(deeds.DEEDS)
    assert all(step.at < now for step in told)


def test_papers_can_be_read():
    page = PdfReader(BytesIO(papers.paper("pdf", ["Grüße (4471)"]))).pages[0]
    assert page.extract_text().strip() == "Grüße (4471)"
    assert papers.paper("docx", ["a & b"]) == papers.paper("docx", ["a & b"])


def test_demo_shows_the_whole_desk(desk):
    shop, grinder = (Ticket.objects.get(subject=said) for said in (deeds.SHOP, deeds.GRINDER))
    parts = TicketLink.objects.filter(kind=TicketLink.Kind.PART)
    assert shop.is_incident
    assert subjects(Ticket.objects.filter(links_out__in=parts.filter(target=shop))) == set(
        deeds.AFFECTED
    )
    assert parts.filter(target__subject=deeds.LEIPZIG).count() == 2
    assert Merge.objects.get().primary_id == grinder.pk
    assert Ticket.objects.get(subject=deeds.DEBIT).department.slug == "billing"
    assert set(Promise.objects.values_list("state", flat=True)) == {"open", "kept", "broken"}
    assert sorted(Appointment.objects.values_list("state", flat=True)) == [
        "finished",
        "planned",
        "planned",
    ]
    assert Task.objects.filter(items__done_at__isnull=False).distinct().count() == 2
    assert TimeEntry.objects.running().count() == 1
    assert TimeEntry.objects.filter(ended_at__isnull=False).count() == 2
    assert ScheduledReply.objects.filter(state="waiting").count() == 1
    assert Draft.objects.filter(is_shared=True).exclude(text="").count() == 1
    claim = WarrantyClaim.objects.get()
    assert (claim.state, claim.cover_kind) == ("in_progress", "warranty")


def test_books_of_the_demo_are_right(desk):
    assert [c(repair=False) for c in (verify.check_columns, verify.check_counts)] == [[], []]
    assert recomputing.check_clocks(repair=False) == []
    present = Option.objects.get(pk=play.STATE).value["now"]
    assert not SlaClock.objects.filter(next_fire_at__lt=present).exists()
    assert not OutgoingMail.objects.exclude(state="kept").exists()
    numbers = Ticket.objects.exclude(subject=deeds.DEBIT).order_by("created_at")
    found = list(numbers.values_list("number", flat=True))
    assert found == sorted(found)


@pytest.mark.parametrize(("untouched", "low", "high"), [(1, 0, 0), (0, 0.01, 0.99)])
def test_answers_come_out_of_the_library(db, settings, monkeypatch, untouched, low, high):
    """As it was inserted, or edited: each use says how far."""
    settings.DEMO, settings.SMTP = True, None
    monkeypatch.setattr(founding, "CUSTOMER_COUNT", 12)
    monkeypatch.setattr(play, "RECENT", 4)
    monkeypatch.setattr(stage, "TAKEN", 1)
    monkeypatch.setattr(library, "UNTOUCHED", untouched)
    told = tuple(story for story in stories() if story.predefined)
    monkeypatch.setattr(timeline, "stories", lambda: told)
    for _ in play.play_history(play.prepare(now=timezone.now(), tickets=7)):
        pass
    shares = list(ReplyUse.objects.values_list("changed_share", flat=True))
    answered = Ticket.objects.filter(messages__kind="reply").distinct()
    assert len(shares) == answered.count() > 0
    assert all(low <= share <= high for share in shares)
