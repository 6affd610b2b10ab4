"""The corpus through what the desk keeps of its own: views, replies, tasks, fields, records (X-29)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Asset, CrmRecord, CustomerNote, Product
from notifications.models import Announcement
from tests.factories import make_field
from tests.security.payloads import PAYLOADS
from tests.security.stage import Stage
from tests.security.test_xss_corpus import survivors
from tests.security.visits import body_of, browser_of
from tickets.actions import add_parts, merge_tickets
from tickets.actors import Actor
from tickets.models import (
    Appointment,
    CustomField,
    Draft,
    FieldValue,
    IncidentUpdate,
    PredefinedReply,
    PredefinedText,
    Promise,
    SavedView,
    ScheduledReply,
    Task,
    TaskItem,
    TaskTemplate,
    Ticket,
    TimeEntry,
    WarrantyClaim,
)

pytestmark = pytest.mark.django_db
SOME = [payload.replace("\x00", "").replace("\n", " ") for payload in PAYLOADS[::4]]
LINKS = ["javascript:window.__xss=1", "JaVaScRiPt:alert(1)", "data:text/html,<script>1</script>"]
HTMX = {"HX-Request": "true"}


def judged(client: Client, *paths: str, **headers: str) -> None:
    """Each page is there, and nothing lives on it."""
    for path in paths:
        page = client.get(path, headers=headers or None)
        assert page.status_code == 200, path
        assert survivors(body_of(page)) == [], path


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def tasks_of(stage: Stage) -> Task:
    """Tasks, entries of the newest one, templates."""
    now, ticket = timezone.now(), stage.ticket
    Task.objects.bulk_create(
        Task(ticket=ticket, title=text[:200], owner=stage.ada, created_at=now, rank_at=now)
        for text in SOME
    )
    task = Task.objects.latest("pk")
    TaskItem.objects.bulk_create(
        TaskItem(task=task, text=text[:200], position=n) for n, text in enumerate(SOME)
    )
    TaskTemplate.objects.bulk_create(
        TaskTemplate(name=text[:80], title=text[:200], checklist=text) for text in SOME[:20]
    )
    return task


def appointments_of(stage: Stage) -> Appointment:
    """Planned and finished ones, of which the customer knows; the newest planned one."""
    now = timezone.now()
    Appointment.objects.bulk_create(
        Appointment(
            ticket=stage.ticket,
            customer=stage.cleo,
            responsible=stage.ada,
            title=text[:200],
            place=(LINKS + SOME)[n][:300],
            outcome=text,
            state=("planned", "finished")[n % 2],
            is_told=True,
            customer_zone="UTC",
            starts_at=now + timedelta(hours=1),
            ends_at=now + timedelta(hours=2),
            created_at=now,
        )
        for n, text in enumerate(SOME)
    )
    return Appointment.objects.filter(state="planned").latest("pk")


def times_and_promises_of(stage: Stage) -> None:
    """Time spent and answers promised, in hostile words."""
    now, ticket = timezone.now(), stage.ticket
    entry = {"user": stage.ada, "started_at": now, "ended_at": now, "source": "manual"}
    TimeEntry.objects.bulk_create(
        TimeEntry(ticket=ticket, note=text[:200], seconds=60, **entry) for text in SOME
    )
    Promise.objects.bulk_create(
        Promise(ticket=ticket, text=text[:200], due_at=now + timedelta(days=1), made_at=now)
        for text in SOME
    )


def test_x29_work_around_a_ticket(stage: Stage):
    ticket, task, booked = stage.ticket, tasks_of(stage), appointments_of(stage)
    times_and_promises_of(stage)
    ada = browser_of(stage, "ada")
    judged(
        ada,
        url(ticket),
        url(ticket, "/context"),
        url(ticket, f"/tasks/{task.pk}"),
        url(ticket, f"/appointments/{booked.pk}"),
        url(ticket, "/activity"),
        "/admin/tasks",
        "/admin/appointments",
        "/admin/appointments?show=coming&whose=all",
        "/admin",
    )
    judged(browser_of(stage, "max"), "/admin/task_templates")
    judged(browser_of(stage, "cleo"), f"/clients/ticket/{ticket.public_id}", "/")


def views_and_announcements_of(stage: Stage) -> SavedView:
    """Names of views and words for everybody; the answer is the last view."""
    now = timezone.now()
    SavedView.objects.bulk_create(
        SavedView(
            owner=stage.ada, name=text[:60], base="attention", order="due", position=n,
            created_at=now, updated_at=now,
        )
        for n, text in enumerate(SOME[:60])
    )  # fmt: skip
    Announcement.objects.bulk_create(
        Announcement(text=text[:500], audience=audience, starts_at=now - timedelta(hours=1))
        for text in SOME
        for audience in ("staff", "customers", "both")
    )
    return SavedView.objects.filter(owner=stage.ada).latest("pk")


def test_x29_names_of_views_and_words_of_announcements(stage: Stage):
    view = views_and_announcements_of(stage)
    ada = browser_of(stage, "ada")
    judged(
        ada,
        "/admin",
        "/admin/tickets",
        f"/admin/tickets?view={view.slug}",
        "/admin/tickets/views",
        f"/admin/tickets/views/{view.pk}",
        f"/admin/tickets/views/add?view={view.slug}",
        "/admin/palette?q=script",
    )
    judged(browser_of(stage, "max"), "/admin/announcements")
    judged(browser_of(stage, "cleo"), "/")
    judged(browser_of(stage, "anonymous"), "/")


def test_x29_predefined_replies_as_list_as_form_and_filled_in(stage: Stage):
    rows = [
        PredefinedReply(name=text[:120], folder=text[:120], shortcut=f"x{n}")
        for n, text in enumerate(SOME)
    ]
    PredefinedReply.objects.bulk_create(rows)
    PredefinedText.objects.bulk_create(
        PredefinedText(reply=row, language="en", body=text)
        for row, text in zip(rows, SOME, strict=True)
    )
    judged(browser_of(stage, "max"), "/admin/predefined_replies")
    judged(
        browser_of(stage, "max"),
        *(f"/admin/predefined_replies/{row.pk}?ticket={stage.ticket.number}" for row in rows[::7]),
    )
    ada = browser_of(stage, "ada")
    judged(ada, url(stage.ticket, "/replies"), url(stage.ticket, "/replies?q=x"))
    for row in rows:
        told = ada.get(url(stage.ticket, f"/replies/{row.pk}"))
        assert told.headers["Content-Type"] == "application/json"
        assert survivors(told.json()["picked"]) == []


def test_x29_what_waits_in_composers_and_what_a_preview_shows(stage: Stage):
    now, ticket = timezone.now(), stage.ticket
    later = now + timedelta(days=1)
    ScheduledReply.objects.bulk_create(
        ScheduledReply(ticket=ticket, author=stage.ada, text=text, due_at=later, created_at=now)
        for text in SOME
    )
    Draft.objects.update_or_create(
        ticket=ticket,
        user=stage.manager,
        kind="reply",
        defaults={"text": " ".join(SOME), "is_shared": True, "updated_at": now},
    )
    ada = browser_of(stage, "ada")
    judged(ada, url(ticket))
    for text in SOME:
        shown = ada.post(url(ticket, "/preview"), {"kind": "reply", "text": text}, headers=HTMX)
        assert survivors(body_of(shown)) == [], text


def fields_of(stage: Stage) -> CustomField:
    """A field of every kind with options and answers; the answer is the last one."""
    for n, kind in enumerate(CustomField.Kind.values):
        words = [text[:80] for text in dict.fromkeys(SOME[n::7]) if text[:80].strip()]
        field = make_field(f"f{n}", kind, show_on_client_portal=True, editable_by_customer=True)
        CustomField.objects.filter(pk=field.pk).update(label=words[0], help_text=words[-1][:200])
        unique = {word.lower(): word for word in words}.values()
        options = [field.options.create(label=word) for word in unique]
        if field.has_options:
            FieldValue.objects.create(field=field, ticket=stage.ticket, option=options[0])
        elif kind in {"text", "url"}:
            text = LINKS[0] if kind == "url" else words[0]
            FieldValue.objects.create(field=field, ticket=stage.ticket, text=text)
    return CustomField.objects.latest("pk")


def test_x29_fields_of_every_kind_with_their_options_and_answers(stage: Stage):
    field = fields_of(stage)
    judged(
        browser_of(stage, "max"),
        "/admin/custom_fields",
        f"/admin/custom_fields/{field.pk}",
        "/admin/tickets",
        "/admin/tickets/views/add",
        "/admin/tickets/add",
        url(stage.ticket),
        url(stage.ticket, "/context"),
        url(stage.ticket, "/custom_fields"),
    )
    cleo = browser_of(stage, "cleo")
    judged(cleo, "/clients/open_ticket", f"/clients/ticket/{stage.ticket.public_id}")
    judged(browser_of(stage, "anonymous"), "/forms/ticket")


def records_of(stage: Stage) -> None:
    """What other systems and colleagues say of cleo."""
    now, cleo = timezone.now(), stage.cleo
    CrmRecord.objects.bulk_create(
        CrmRecord(
            kind=kind, customer=cleo, source="csv", external_id=f"x{n}", number=text[:60],
            title=text[:200], status="open", url=LINKS[n % 3], tracking_url=LINKS[n % 3],
            tracking_number=text[:60], delivery_note=text[:60], fetched_at=now,
            extra={"a": text},
        )
        for n, text in enumerate(SOME)
        for kind in ("invoice", "order", "contract", "opportunity")
    )  # fmt: skip
    CustomerNote.objects.bulk_create(
        CustomerNote(customer=cleo, author=stage.ada, text=text, created_at=now) for text in SOME
    )


def assets_and_claims_of(stage: Stage) -> None:
    """Machines of cleo and what is claimed for them."""
    now, cleo, ticket = timezone.now(), stage.cleo, stage.ticket
    product = Product.objects.create(name=SOME[0][:80], terms=SOME[1])
    Asset.objects.bulk_create(
        Asset(
            product=product, customer=cleo, serial=text[:60], serial_key=f"X{n}",
            place=text[:200], notes=text,
        )
        for n, text in enumerate(SOME)
    )  # fmt: skip
    WarrantyClaim.objects.bulk_create(
        WarrantyClaim(
            ticket=ticket, serial=text[:60], issue_date=now.date(), complaint=text,
            cover_kind="none", cover_terms=text, service_address=text[:200], resolution=text,
            customer_feedback=text, created_at=now,
        )
        for text in SOME
    )  # fmt: skip


def test_x29_records_notes_assets_and_claims(stage: Stage):
    cleo, ticket = stage.cleo, stage.ticket
    records_of(stage)
    assets_and_claims_of(stage)
    asset, claim = Asset.objects.latest("pk"), WarrantyClaim.objects.latest("pk")
    person = f"/admin/clients/client/{cleo.pk}"
    parts = ("invoices", "orders", "contracts", "opportunities", "assets", "notes", "activity")
    judged(
        browser_of(stage, "ada"),
        person,
        *(f"{person}/{part}" for part in parts),
        url(ticket, "/context"),
        "/admin/assets",
        f"/admin/assets/{asset.pk}",
        "/admin/warranty_claims",
        f"/admin/warranty_claims/{claim.pk}",
        url(ticket, "/warranty?serial=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E"),
    )


def incident_of(stage: Stage) -> None:
    """An incident with a part, and what was told about it."""
    now, home = timezone.now(), stage.merging.home
    add_parts(home, children=[stage.other], actor=Actor.system(""), now=now)
    IncidentUpdate.objects.bulk_create(
        IncidentUpdate(incident=home, text=text, author=stage.ada, at=now) for text in SOME[:15]
    )


def rename(stage: Stage, line: str) -> None:
    """Tickets, staff and customers that are called `line`."""
    Ticket.objects.filter(customer=stage.cleo).update(subject=line, last_message_preview=line)
    type(stage.ada).objects.filter(pk=stage.manager.pk).update(name=line)
    type(stage.cleo).objects.filter(pk=stage.cleo.pk).update(name=line)


def test_x29_merging_splitting_incidents_paper_and_names_of_staff(stage: Stage):
    home, duplicate = stage.merging.home, stage.merging.duplicate
    incident_of(stage)
    for text in SOME[::5]:
        rename(stage, text[:150])
        judged(
            browser_of(stage, "ada"),
            url(home),
            url(home, "/merge"),
            url(home, f"/merge?with={duplicate.number}"),
            url(home, "/split"),
            url(home, "/incident"),
            url(home, "/duplicates"),
            url(home, "/activity"),
            url(home, "/print?internal=1"),
            url(stage.ticket, f"/messages/{stage.inbound.pk}/forward"),
            "/admin/search?q=script",
            "/admin/palette?q=script",
        )
    actor = Actor.of_user(stage.ada)
    merge_tickets(home, others=[duplicate], actor=actor, now=timezone.now())
    judged(browser_of(stage, "ada"), url(home), url(home, "/activity"))
