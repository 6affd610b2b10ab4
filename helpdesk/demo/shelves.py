"""What the demo company has set up for its desk: fields, templates, views, announcements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Department, User
from core.conditions import Tree, clean
from customers.models import Tier
from desk.columns import DEFAULT, known
from helpdesk.demo.library import found_library
from helpdesk.demo.stories import PRODUCTS
from helpdesk.demo.teams import OWNER
from notifications.models import Announcement
from tickets.actions.saved_views import ViewFacts, add_view
from tickets.custom_fields.conditions import forget_fields
from tickets.custom_fields.definitions import fields_for, offered_options
from tickets.models import CustomField, FieldOption, SavedView, TaskTemplate, Ticket
from tickets.saved_views import condition_fields
from tickets.task_templates import templates_in_use

Kind = CustomField.Kind
SENIOR = "Mike Chen"


@dataclass(frozen=True, kw_only=True)
class FieldPlan:
    """A question of the company's own; without a department it is asked everywhere."""

    slug: str
    label: str
    kind: str
    department: str = ""
    choices: tuple[str, ...] = ()
    entity: str = CustomField.Entity.TICKET
    help_text: str = ""
    is_shown: bool = False
    is_editable: bool = False


FIELDS = (
    FieldPlan(
        slug="machine",
        label="Machine",
        kind=Kind.DROPDOWN,
        department="technical",
        choices=PRODUCTS,
        is_shown=True,
        is_editable=True,
    ),
    FieldPlan(
        slug="serial",
        label="Serial number",
        kind=Kind.TEXT,
        department="technical",
        help_text="On the label below the hopper, such as KC-24811.",
        is_shown=True,
        is_editable=True,
    ),
    FieldPlan(slug="loan", label="Loan machine sent", kind=Kind.CHECKBOX, department="technical"),
    FieldPlan(
        slug="order",
        label="Order number",
        kind=Kind.TEXT,
        department="orders",
        is_shown=True,
        is_editable=True,
    ),
    FieldPlan(slug="refund", label="Refund in €", kind=Kind.NUMBER, department="billing"),
    FieldPlan(
        slug="cups", label="Cups a day", kind=Kind.NUMBER, entity=CustomField.Entity.CUSTOMER
    ),
)

# name, title, checklist, amount, unit, department
TEMPLATES = (
    (
        "Loan machine",
        "Send a loan machine",
        "Reserve one in the showroom\nBook the courier\nTell the customer when it comes\n"
        "Note the serial number",
        1,
        TaskTemplate.Unit.DAYS,
        "technical",
    ),
    (
        "New place",
        "Prepare a new place",
        "Water connection measured\nPower socket checked\nMachine chosen\nTraining booked\n"
        "First beans ordered",
        5,
        TaskTemplate.Unit.DAYS,
        "",
    ),
    (
        "Refund",
        "Send money back",
        "Amount compared with the invoice\nApproved above 100 €\nTransfer sent",
        4,
        TaskTemplate.Unit.HOURS,
        "billing",
    ),
)

STAFF_NEWS = (
    "Firmware 3.2 of the K2 Pro brings back the button for decaf. Until all machines have it, "
    "send the guide “Decaf on the K2 Pro”."
)
CUSTOMER_NEWS = "The courier is on short hours this week: parcels may take a day longer than usual."


def told_in_fields(ticket: Ticket, slots: Mapping[str, str]) -> dict[int, Any]:
    """What an agent notes in the company's fields of what the letter says."""
    if not slots:
        return {}
    told = {"machine": slots["machine"], "serial": f"KC-{slots['order']}", "order": slots["order"]}
    asked = fields_for(department_id=ticket.department_id, service_id=ticket.service_id)
    return {row.pk: _entry(row, told[row.slug]) for row in asked if row.slug in told}


@transaction.atomic
def found_shelves(staff: dict[str, User], *, now: datetime) -> None:
    """Insert what is missing; a second call changes nothing."""
    owner = staff[OWNER]
    departments = {row.slug: row for row in Department.objects.all()}
    found_library(owner, now=now)
    _fields(departments)
    _templates(departments)
    _announcements(now)
    if not SavedView.objects.exists():
        for plan in _views(staff, departments):
            add_view(plan, actor=plan.owner or owner, now=now)


def _entry(field: CustomField, text: str) -> Any:
    """The text itself, or the option that says it."""
    if not field.has_options:
        return text
    return next((row.pk for row in offered_options(field) if row.label == text), None)


def _fields(departments: dict[str, Department]) -> None:
    for position, plan in enumerate(FIELDS, start=1):
        facts: dict[str, Any] = {
            "label": plan.label,
            "kind": plan.kind,
            "entity": plan.entity,
            "help_text": plan.help_text,
            "show_on_client_portal": plan.is_shown,
            "editable_by_customer": plan.is_editable,
            "position": position * 10,
        }
        field, is_new = CustomField.objects.get_or_create(slug=plan.slug, defaults=facts)
        if is_new:
            field.departments.set([departments[plan.department]] if plan.department else [])
            FieldOption.objects.bulk_create(
                FieldOption(field=field, label=label, position=place * 10)
                for place, label in enumerate(plan.choices, start=1)
            )
    forget_fields()


def _templates(departments: dict[str, Department]) -> None:
    for position, plan in enumerate(TEMPLATES, start=1):
        name, title, checklist, amount, unit, department = plan
        facts = {
            "title": title,
            "checklist": checklist,
            "due_amount": amount,
            "due_unit": unit,
            "department": departments.get(department),
            "position": position * 10,
        }
        TaskTemplate.objects.get_or_create(name=name, defaults=facts)
    templates_in_use.forget()


def _announcements(now: datetime) -> None:
    if Announcement.objects.exists():
        return
    audience, severity = Announcement.Audience, Announcement.Severity
    began, ends = now - timedelta(hours=20), now + timedelta(days=7)
    rows = (
        (STAFF_NEWS, audience.STAFF, severity.NEWS),
        (CUSTOMER_NEWS, audience.CUSTOMERS, severity.WARNING),
    )
    for text, reader, gravity in rows:
        Announcement.objects.create(
            text=text, audience=reader, severity=gravity, starts_at=began, ends_at=ends
        )


def _views(staff: dict[str, User], departments: dict[str, Department]) -> list[ViewFacts]:
    large = {"field": "tier", "op": "is", "value": Tier.objects.get(slug="enterprise").pk}
    newest = FieldOption.objects.get(field__slug="machine", label=PRODUCTS[0])
    machine = {"field": "custom.machine", "op": "is", "value": newest.pk}
    back = {"field": "reopened_count", "op": "greater", "value": 0}
    return [
        _view("Large customers", large, columns=(*DEFAULT, "organisation")),
        _view(PRODUCTS[0], machine, department=departments["technical"]),
        _view("Came back", back, owner=staff[SENIOR]),
        _view("Large ones who wait", large, base="unanswered", owner=staff[OWNER]),
    ]


def _view(
    name: str,
    condition: Tree,
    *,
    base: str = "attention",
    columns: tuple[str, ...] = DEFAULT,
    owner: User | None = None,
    department: Department | None = None,
) -> ViewFacts:
    return ViewFacts(
        name=name,
        base=base,
        order="due",
        is_descending=False,
        conditions=clean({"all": [condition]}, allowed=condition_fields()),
        columns=known(columns),
        owner=owner,
        department=department,
    )
