"""Rows for tests, built through the real actions where an invariant exists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Department, DepartmentAddress, Membership, Role, User
from automation.assigning.asking import departments_that_give
from automation.models import RuleKind
from automation.versions import rules_in_force
from calendars.actions import CalendarFacts, save_calendar
from calendars.models import BusinessCalendar
from customers.models import Customer, CustomerAddress, Organisation
from tickets import vocabulary
from tickets.actions import Opening, add_note, open_ticket, receive_message, reply
from tickets.actions.messages import Answer, Incoming
from tickets.actors import Actor
from tickets.content import Author, Content, Recipients
from tickets.custom_fields.conditions import forget_fields
from tickets.custom_fields.definitions import all_fields
from tickets.models import CustomField, FieldOption, Message, Ticket

PASSWORD = "correct horse battery"


def make_role(slug: str) -> Role:
    """A shipped role."""
    return Role.objects.get(slug=slug)


def make_department(name: str, *addresses: str, **fields: Any) -> Department:
    department = Department.objects.create(slug=name.lower().replace(" ", "-"), name=name, **fields)
    for position, email in enumerate(addresses or (f"{department.slug}@company.example",)):
        DepartmentAddress.objects.create(
            department=department, email=email, is_primary=position == 0
        )
    return department


def make_calendar(
    name: str = "Shop", *, now: datetime | None = None, **spec: Any
) -> BusinessCalendar:
    """Mondays to Fridays 9-17 in UTC unless `spec` says otherwise."""
    weekdays = {key: [["09:00", "17:00"]] for key in ("mon", "tue", "wed", "thu", "fri")}
    facts = CalendarFacts(name=name, spec={"tz": "UTC", "weekly": weekdays, **spec})
    return save_calendar(None, facts=facts, actor=None, now=now or timezone.now())


def make_user(name: str, role: str = "agent", *departments: Department, **fields: Any) -> User:
    fields.setdefault("email", f"{name.lower()}@company.example")
    user = User.objects.create_user(
        name=name, role=make_role(role), password=fields.pop("password", PASSWORD), **fields
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for department in departments:
        Membership.objects.create(department=department, user=user)
    return user


def make_customer(
    name: str = "Cleo", email: str = "", organisation: Organisation | None = None, **fields: Any
) -> Customer:
    email = email or f"{name.lower()}@{'harbour' if organisation else 'private'}.example"
    customer = Customer.objects.create(name=name, email=email, organisation=organisation, **fields)
    CustomerAddress.objects.create(
        customer=customer, kind="email", value=email, is_primary=True, proved_at=timezone.now()
    )
    return customer


def make_ticket(
    customer: Customer | None = None,
    department: Department | None = None,
    *,
    subject: str = "Espresso line down",
    text: str = "Both machines show E-17.",
    now: datetime | None = None,
    **fields: Any,
) -> Ticket:
    """A ticket of `customer` by mail, opened through the real action."""
    customer = customer or make_customer(name=f"Customer{Customer.objects.count()}")
    department = department or Department.objects.first() or make_department("Technical")
    opening = Opening(
        customer=customer,
        department=department,
        subject=subject,
        content=fields.pop("content", None) or Content(text=text),
        channel=fields.pop("channel", Ticket.Channel.EMAIL),
        author=Author(name=customer.display_name, email=customer.email),
        **fields,
    )
    return open_ticket(opening, actor=Actor.of_customer(customer), now=now or timezone.now())


def make_inbound(ticket: Ticket, text: str = "Any news?", **fields: Any) -> Message:
    """The customer writes again."""
    now = fields.pop("now", None) or timezone.now()
    customer = fields.pop("customer", ticket.customer)
    author = fields.pop("author", None) or Author(name=customer.display_name, email=customer.email)
    incoming = Incoming(
        content=fields.pop("content", None) or Content(text=text),
        author=author,
        channel=fields.pop("channel", "email"),
    )
    return receive_message(ticket, incoming=incoming, actor=Actor.of_customer(customer), now=now)


def make_reply(ticket: Ticket, user: User, text: str = "On our way.", **fields: Any) -> Message:
    """An agent answers."""
    now = fields.pop("now", None) or timezone.now()
    answer = Answer(
        content=Content(text=text, is_markdown=True),
        recipients=fields.pop("recipients", Recipients(to=(ticket.customer.email,))),
        **fields,
    )
    return reply(ticket, answer=answer, actor=Actor.of_user(user), now=now)


def make_note(ticket: Ticket, user: User, text: str = "Valve kit is out of stock.") -> Message:
    """An agent writes an internal note."""
    content = Content(text=text, is_markdown=True)
    return add_note(ticket, content=content, actor=Actor.of_user(user), now=timezone.now())


def make_field(label: str, kind: str = "text", *options: str, **fields: Any) -> CustomField:
    """A field of the company's own; `departments` and `services` are its scope."""
    scope = {name: fields.pop(name, []) for name in ("departments", "services")}
    field = CustomField.objects.create(label=label, slug=slugify(label), kind=kind, **fields)
    for name, rows in scope.items():
        getattr(field, name).set(rows)
    for position, word in enumerate(options):
        FieldOption.objects.create(field=field, label=word, position=position)
    forget_fields()
    return field


def remembered_tables() -> None:
    """Read what every process remembers for seconds, so that a budget counts one request's own."""
    vocabulary.statuses()
    all_fields()
    rules_in_force(RuleKind.TRIGGER)
    departments_that_give()
