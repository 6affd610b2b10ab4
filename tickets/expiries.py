"""Covers that end soon: each end is told once, to whoever looks after the customer (R168)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import Department, User
from accounts.models.role import Permission
from accounts.models.user import house_zone
from core import options
from customers.models import Asset, ServiceContract
from notifications.actions import notify
from notifications.kinds import MAIL, NoticeKind, notice_kinds
from notifications.notices import Notice
from tickets.models import ExpiryNotice
from tickets.options import EXPIRY_DAYS, EXPIRY_PEOPLE

EXPIRY = "ticket.expiry"
BATCH = 500


def tell_expiries(now: datetime) -> int:
    """Tell of warranties and contracts that end within the days set; returns how many."""
    today = now.astimezone(house_zone()).date()
    last = today + timedelta(days=options.value(EXPIRY_DAYS.key))
    assets = _untold(_ending_assets(today, last), "asset", "warranty_until")
    contracts = _untold(_ending_contracts(today, last), "contract", "ends_on")
    told = sum(_tell_asset(row, now) for row in assets)
    return told + sum(_tell_contract(row, now) for row in contracts)


def _ending_assets(today: date, last: date) -> QuerySet[Any]:
    rows = Asset.objects.active().filter(warranty_until__range=(today, last))
    owner = ("customer__dedicated_agent", "customer__organisation__dedicated_agent")
    related = ("product", *owner, "organisation__dedicated_agent")
    return rows.select_related(*related).order_by("warranty_until", "pk")


def _ending_contracts(today: date, last: date) -> QuerySet[Any]:
    rows = ServiceContract.objects.active().filter(ends_on__range=(today, last))
    owner = ("customer__dedicated_agent", "customer__organisation__dedicated_agent")
    return rows.select_related(*owner, "organisation__dedicated_agent").order_by("ends_on", "pk")


def _untold(rows: QuerySet[Any], name: str, ends_on: str) -> list[Any]:
    """Those whose end nobody was told of; a moved end is another one."""
    known = ExpiryNotice.objects.filter(**{name: OuterRef("pk")}, ends_on=OuterRef(ends_on))
    return list(rows.filter(~Exists(known))[:BATCH])


def _tell_asset(asset: Asset, now: datetime) -> bool:
    title = _("A warranty ends on %(day)s: %(what)s")
    url = reverse("desk:asset", args=[asset.pk])
    return _tell(asset, asset.warranty_until or now.date(), title=title, url=url, now=now)


def _tell_contract(contract: ServiceContract, now: datetime) -> bool:
    title = _("A service contract ends on %(day)s: %(what)s")
    url = reverse("desk:assets") + "?show=expiring"
    return _tell(contract, contract.ends_on, title=title, url=url, now=now)


@transaction.atomic
def _tell(
    subject: Asset | ServiceContract, ends_on: date, *, title: Any, url: str, now: datetime
) -> bool:
    """The row first: who finds it there leaves it to whoever wrote it; a crash undoes both."""
    _row, is_new = ExpiryNotice.objects.get_or_create(
        asset=subject if isinstance(subject, Asset) else None,
        contract=subject if isinstance(subject, ServiceContract) else None,
        ends_on=ends_on,
        defaults={"told_at": now},
    )
    key = f"expiry:{subject._meta.model_name}:{subject.pk}:{ends_on.isoformat()}"
    for person in recipients(subject) if is_new else []:
        with override(person.language or None):
            words = str(title) % {"day": date_format(ends_on, "j M Y"), "what": subject}
        notice = Notice(kind=EXPIRY, title=words, body=subject.owner_name, url=url)
        notify([person], notice, key=key, now=now)
    return is_new


def recipients(subject: Asset | ServiceContract) -> list[User]:
    """The customer's own agent; else the people chosen; else the lead of the default department.

    Nobody of them there: everybody who may change the settings, for an end is told only once.
    """
    if agent := _dedicated_agent(subject):
        return [agent]
    staff = User.objects.staff().filter(is_active=True)
    if chosen := list(staff.filter(email__in=options.value(EXPIRY_PEOPLE.key))):
        return chosen
    leads = Department.objects.filter(is_default=True, lead__isnull=False).values("lead")
    if lead := list(staff.filter(pk__in=leads)):
        return lead
    return [user for user in staff if user.may(Permission.SETTINGS_CHANGE)]


def _dedicated_agent(subject: Asset | ServiceContract) -> User | None:
    own = subject.customer.effective_agent if subject.customer else None
    return own or (subject.organisation.dedicated_agent if subject.organisation else None)


notice_kinds.register(
    EXPIRY, NoticeKind(EXPIRY, _("Warranties and contracts that end"), (MAIL,), _("Customers"))
)
