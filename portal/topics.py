"""What customers may write about, and to whom: the services and departments shown on the portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import Department
from tickets.models import Service
from tickets.vocabulary import departments, services

MOST = 9
_ICONS = {
    "account-access": "key-round",
    "billing": "receipt",
    "orders-delivery": "truck",
    "bug": "wrench",
    "feature-request": "sparkles",
    "onboarding": "life-buoy",
    "contracts": "file-text",
    "other": "messages-square",
}


@dataclass(frozen=True)
class Topic:
    """A card of the first page: what to write about, or whom to write to."""

    query: str
    name: str
    text: str
    icon: str


def departments_offered() -> list[Department]:
    """Departments customers may choose, or the default one when managers show none."""
    rows = departments()
    shown = [row for row in rows if row.is_portal_visible]
    return shown or sorted(rows, key=lambda row: not row.is_default)[:1]


def topics_offered() -> list[Service]:
    """Services customers may choose."""
    return [row for row in services() if row.is_portal_visible]


def topics() -> list[Topic]:
    """Services first; a company that shows none shows its departments."""
    found = [_of_service(row) for row in topics_offered() if row.parent_id is None]
    found = found or [
        Topic(f"department={row.slug}", row.name, row.description, "messages-square")
        for row in departments_offered()
    ]
    return found[:MOST]


def preset(query: Any) -> dict[str, Any]:
    """The fields of a form that an address of the first page has chosen."""
    service = next((row for row in topics_offered() if row.slug == query.get("topic")), None)
    offered = departments_offered()
    by_slug = next((row for row in offered if row.slug == query.get("department")), None)
    by_topic = next((row for row in offered if service and row.pk == service.department_id), None)
    default = next((row for row in offered if row.is_default), None)
    chosen = by_slug or by_topic or default or (offered[0] if offered else None)
    return {
        "department": str(chosen.pk) if chosen else "",
        "topic": str(service.pk) if service else "",
        "subject": query.get("subject", "")[:200],
    }


def _of_service(row: Service) -> Topic:
    parts = [child.name for child in topics_offered() if child.parent_id == row.pk]
    text = ", ".join(parts[:4])
    return Topic(f"topic={row.slug}", row.name, text, _ICONS.get(row.slug, "messages-square"))
