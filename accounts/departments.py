"""Finding the department a mail is for."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from accounts.models import Department


def department_for_address(email: str) -> Department | None:
    """The department in use that owns this canonical address."""
    return Department.objects.filter(archived_at=None, addresses__email__iexact=email).first()


def default_department() -> Department | None:
    """Where a mail goes whose department is unknown: the default one, else the first."""
    return Department.objects.filter(archived_at=None).order_by("-is_default", "position").first()


def by_calendar(pks: list[Any]) -> dict[Any, int]:
    """How many departments keep each of these business hours."""
    rows = Department.objects.filter(calendar_id__in=pks).order_by().values_list("calendar_id")
    return dict(rows.annotate(count=Count("pk")))
