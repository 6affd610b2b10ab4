"""The demo company's standing rows: departments, staff, organisations, customers."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.mailboxes import prove_mailbox
from accounts.models import Department, DepartmentAddress, Membership, Role, User
from calendars.actions import CalendarFacts, save_calendar
from calendars.days_off import public_holidays
from calendars.versions import default_calendar
from core import options
from customers.models import Customer, CustomerAddress, Organisation, OrganisationDomain, Tier
from helpdesk.demo import company
from helpdesk.demo.holdings import found_holdings
from helpdesk.demo.rulebook import found_plans, found_rules
from helpdesk.demo.shelves import found_shelves
from helpdesk.demo.standby import found_standby
from helpdesk.demo.teams import OWNER, found_teams
from tickets.models import Service
from tickets.vocabulary import forget_vocabulary

CUSTOMER_COUNT = 180
PORTAL_CUSTOMERS = 3


@transaction.atomic
def found_company(*, now: datetime) -> None:
    """Insert what is missing; a second call changes nothing."""
    options.set_value("accounts.company_name", company.COMPANY, actor=None, now=now)
    staff = {plan.name: _colleague(plan) for plan in company.STAFF}
    for position, plan in enumerate(company.DEPARTMENTS, start=1):
        _department(plan, position, staff)
    found_teams(staff)
    found_plans()
    _route_services()
    for slug, name, rank in company.TIERS:
        Tier.objects.get_or_create(slug=slug, defaults={"name": name, "rank": rank})
    for organisation in company.ORGANISATIONS:
        _organisation(*organisation)
    _customers(company.customers(CUSTOMER_COUNT), now)
    forget_vocabulary()
    found_standby(staff, now=now)
    found_rules(staff[OWNER], now=now)
    found_shelves(staff, now=now)
    found_holdings(staff, now=now)


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
        availability=plan.availability,
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
    agent = company.OWN_AGENTS.get(name)
    organisation, is_new = Organisation.objects.get_or_create(
        name=name,
        defaults={
            "tier": Tier.objects.get(slug=tier),
            "shares_tickets": shares,
            "monthly_spend": company.MONTHLY_SPEND.get(name),
            "dedicated_agent": User.objects.filter(name=agent).first() if agent else None,
        },
    )
    if is_new:
        OrganisationDomain.objects.create(organisation=organisation, domain=domain)


def _customers(plans: list[company.CustomerPlan], now: datetime) -> None:
    """All that are missing at once: one by one would be a second of waiting."""
    known = set(CustomerAddress.objects.filter(kind="email").values_list("value", flat=True))
    organisations = {row.name: row for row in Organisation.objects.all()}
    rows = Customer.objects.bulk_create(
        _customer(plan, position, organisations.get(plan.organisation))
        for position, plan in enumerate(plans)
        if plan.email not in known
    )
    CustomerAddress.objects.bulk_create(
        CustomerAddress(customer=row, kind="email", value=row.email, is_primary=True, proved_at=now)
        for row in rows
    )
    for row in rows:
        if row.user is not None:
            prove_mailbox(row.user)


def _customer(
    plan: company.CustomerPlan, position: int, organisation: Organisation | None
) -> Customer:
    user = None
    if position < PORTAL_CUSTOMERS:
        user = _person(plan.email, name=plan.name, role=Role.objects.get(slug="customer"))
    return Customer(
        name=plan.name,
        email=plan.email,
        user=user,
        organisation=organisation,
        is_vip=position % 17 == 0,
        role=company.ROLES[position % len(company.ROLES)] if organisation else "",
        time_zone=company.ZONE,
        language="en",
    )
