"""The columns of the queue: which there are, which a list shows, and how their headings sort it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.keyset import Order
from desk.orders import sort_key, toggled

# In the order of the table; the subject is always there and stands behind the status.
COLUMNS: Final[dict[str, Any]] = {
    "status": _("Status"),
    "customer": _("Customer"),
    "organisation": _("Organisation"),
    "department": _("Department"),
    "priority": _("Priority"),
    "due": _("Due"),
    "assignee": _("Assignee"),
    "service": _("Service"),
    "channel": _("Channel"),
    "tags": _("Tags"),
    "created": _("Created"),
    "updated": _("Updated"),
}
DEFAULT: Final = ("status", "customer", "priority", "due", "assignee", "updated")
_SUBJECT = _("Subject")
_CSS: Final = {"priority": "prio", "due": "sla", "assignee": "who", "updated": "time"}


@dataclass(frozen=True)
class Heading:
    """A heading of the table; a link where the list can be sorted by it."""

    css: str
    label: str
    is_hidden: bool = False
    url: str = ""
    sorted: str = ""

    @property
    def is_descending(self) -> bool:
        return self.sorted == "descending"


def css_of(column: str) -> str:
    """The class of a column's cells."""
    return f"c-{_CSS.get(column, column)}"


def known(columns: Collection[str]) -> tuple[str, ...]:
    """Those of `columns` that exist, in the order of the table."""
    return tuple(column for column in COLUMNS if column in columns)


def chosen_columns(user: User, view: str, default: Sequence[str]) -> tuple[str, ...]:
    """The columns `user` wants in the view of that slug, else the view's own."""
    kept = user.desk.get("columns", {})
    wanted = kept.get(view) if isinstance(kept, dict) else None
    return known(wanted) if isinstance(wanted, list) else known(default)


def headings(columns: Collection[str]) -> tuple[Heading, ...]:
    """The headings of a list that keeps its order."""
    found = [
        Heading(css_of(column), str(COLUMNS[column]), is_hidden=column == "assignee")
        for column in columns
    ]
    return _with_subject(found, columns)


def sorting_headings(
    columns: Collection[str], *, order: Order, sorts: Collection[str], url_of: Callable[[str], str]
) -> tuple[Heading, ...]:
    """The same as links; `url_of` answers with the address of a sort."""
    current = sort_key(order)
    way = "descending" if order.is_descending else "ascending"
    found = [
        Heading(
            css_of(column),
            str(COLUMNS[column]),
            is_hidden=column == "assignee",
            url=url_of(toggled(order, column)) if column in sorts else "",
            sorted=way if column == current else "",
        )
        for column in columns
    ]
    return _with_subject(found, columns)


def _with_subject(found: list[Heading], columns: Collection[str]) -> tuple[Heading, ...]:
    found.insert(1 if "status" in columns else 0, Heading("c-line", str(_SUBJECT)))
    return tuple(found)
