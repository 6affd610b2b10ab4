"""The demo company's standing rows: departments, staff, organisations, customers."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.mailboxes import prove_mailbox
from accounts.models import Department, DepartmentAddress, Membership, Role, User
from automation.models import Rule
from automation.presets_applying import apply_preset
from calendars.actions import CalendarFacts, save_calendar
from calendars.days_off import public_holidays
from calendars.versions import default_calendar
from core import options
from customers.models import Customer, CustomerAddress, Organisation, OrganisationDomain, Tier
from helpdesk.demo import company
from helpdesk.demo.teams import found_teams
from tickets.models import Service
from tickets.vocabulary import forget_vocabulary

CUSTOMER_COUNT = 180
PORTAL_CUSTOMERS = 3
# Rules that do nothing unless somebody asks: the stories stay as they are told.
RULES = ("macros",)


@transaction.atomic
def found_company(*, now: datetime) -> None:
    """Insert what is missing; a second call changes nothing."""
    options.set_value("accounts.company_name", company.COMPANY, actor=None, now=now)
    staff = {plan.name: _colleague(plan) for plan in company.STAFF}
    for position, plan in enumerate(company.DEPARTMENTS, start=1):
        _department(plan, position, staff)
    found_teams(staff)
    for slug in RULES:
        if not Rule.objects.filter(preset=slug).exists():
            apply_preset(slug, actor=None, now=now, is_enabled=True)
    _route_services()
    for slug, name, rank in company.TIERS:
        Tier.objects.get_or_create(slug=slug, defaults={"name": name, "rank": rank})
    for organisation in company.ORGANISATIONS:
        _organisation(*organisation)
    for position, customer in enumerate(company.customers(CUSTOMER_COUNT)):
        _customer(customer, position, now)
    forget_vocabulary()


def open_office(*, now: datetime) -> None:
    """The hours of R101 at the company's own place, with its country's holidays."""
    office = default_calendar()
    if office.spec["tz"] == company.ZONE:
        return
    options.set_value("accounts.time_zone", company.ZONE, actor=None, now=now)
    found = public_holidays(company.COUNTRY, years=range(now.year, now.year + 3))
    spec = {
        **office.spec,
        "tz": company.ZONE,
        "holidays": [row.day for row in found],
        "holiday_names": {row.day: row.name for row in found},
    }
    facts = CalendarFacts(name=office.name, description=office.description, spec=spec)
    save_calendar(office, facts=facts, actor=None, now=now)


def sign_ins() -> list[tuple[str, str, str]]:
    """Role, address and password of people to try the demo as."""
    shown = [(plan.role, plan.email) for plan in company.STAFF[:3]]
    portal = User.objects.filter(role__slug="customer").order_by("pk").first()
    if portal is not None:
        shown.append(("customer", portal.email))
    return [(role, email, company.PASSWORD) for role, email in shown]


def _colleague(plan: company.PersonPlan) -> User:
    known = User.objects.filter(email__iexact=plan.email).first()
    if known is not None:
        return known
    user = _person(
        plan.email,
        name=plan.name,
        role=Role.objects.get(slug=plan.role),
        time_zone=plan.time_zone,
        signature=f"{plan.name}\n{company.COMPANY}",
    )
    # Without a proved mailbox each sign-in would ask for a mailed code first.
    prove_mailbox(user)
    return user


def _person(email: str, **facts: Any) -> User:
    user = User.objects.create_user(email, None, **facts)
    user.password = _hashed_password()
    user.save(update_fields=["password"])
    return user


@cache
def _hashed_password() -> str:
    """Half a second's work by design; once is enough, they all share it."""
    return make_password(company.PASSWORD)


def _department(plan: company.DepartmentPlan, position: int, staff: dict[str, User]) -> None:
    department, is_new = Department.objects.get_or_create(
        slug=plan.slug,
        defaults={
            "name": plan.name,
            "description": plan.description,
            "position": position * 10,
            "lead": staff[plan.members[0]],
            "is_default": position == 1 and not Department.objects.filter(is_default=True).exists(),
        },
    )
    if not is_new:
        return
    for rank, email in enumerate(plan.addresses):
        DepartmentAddress.objects.create(department=department, email=email, is_primary=rank == 0)
    Membership.objects.bulk_create(
        Membership(department=department, user=staff[name]) for name in plan.members
    )


def _route_services() -> None:
    owners = {"billing": "billing", "orders-delivery": "orders", "bug": "technical"}
    for service, department in owners.items():
        Service.objects.filter(slug=service, department=None).update(
            department=Department.objects.get(slug=department)
        )


def _organisation(name: str, domain: str, tier: str, shares: bool) -> None:  # noqa: FBT001 -- a row of the plan
    organisation, is_new = Organisation.objects.get_or_create(
        name=name, defaults={"tier": Tier.objects.get(slug=tier), "shares_tickets": shares}
    )
    if is_new:
        OrganisationDomain.objects.create(organisation=organisation, domain=domain)


def _customer(plan: company.CustomerPlan, position: int, now: datetime) -> None:
    if CustomerAddress.objects.filter(kind="email", value=plan.email).exists():
        return
    user = None
    if position < PORTAL_CUSTOMERS:
        user = _person(plan.email, name=plan.name, role=Role.objects.get(slug="customer"))
    customer = Customer.objects.create(
        name=plan.name,
        email=plan.email,
        user=user,
        organisation=Organisation.objects.filter(name=plan.organisation).first(),
        is_vip=position % 17 == 0,
        time_zone=company.ZONE,
        language="en",
    )
    CustomerAddress.objects.create(
        customer=customer, kind="email", value=plan.email, is_primary=True, proved_at=now
    )
    if user is not None:
        prove_mailbox(user)
