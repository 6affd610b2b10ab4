"""The orders a list of tickets may have: only those an index serves (performance.md 3)."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from core.keyset import Order

_COLUMNS = {
    "due": ("next_due_at", "id"),
    "priority": ("priority_rank", "next_due_at", "id"),
    "created": ("created_at", "id"),
    "updated": ("updated_at", "id"),
}
ATTENTION = Order(_COLUMNS["due"])
MORNING = Order(_COLUMNS["priority"])
NEWEST = Order(_COLUMNS["updated"], is_descending=True)
SNOOZED = Order(("snoozed_until", "id"))

# What indexes of open tickets serve, and what those of all tickets do.
OPEN_SORTS = ("priority", "due", "created", "updated")
ALL_SORTS = ("created", "updated")
BY_CHANGE = ("updated",)
_WORDS = {
    "due": _("what needs you first"),
    "-due": _("what is due last"),
    "priority": _("priority, then what is due"),
    "-priority": _("the lowest priority first"),
    "created": _("the oldest ticket first"),
    "-created": _("the newest ticket first"),
    "updated": _("what has rested longest"),
    "-updated": _("the latest change"),
}
_COMES_BACK = _("what comes back first")
# Of times gone by the latest is wanted first, of deadlines and ranks the smallest.
_DESCENDING_FIRST = frozenset({"created", "updated"})


def order_of(key: str, *, is_descending: bool) -> Order:
    """The order by one column."""
    return Order(_COLUMNS[key], is_descending)


def read_sort(text: str, offered: Collection[str]) -> Order | None:
    """The order of a query string, such as "-priority"; None for what is not offered."""
    key = text.removeprefix("-")
    return order_of(key, is_descending=text != key) if key in offered else None


def sort_text(order: Order) -> str:
    """The same back; empty for an order without a column to sort by."""
    key = sort_key(order)
    return f"-{key}" if order.is_descending and key else key


def sort_key(order: Order) -> str:
    """The column an order goes by."""
    return next((key for key, columns in _COLUMNS.items() if columns == order.columns), "")


def toggled(order: Order, key: str) -> str:
    """What a click on the heading of `key` asks for."""
    if sort_key(order) == key:
        return key if order.is_descending else f"-{key}"
    return f"-{key}" if key in _DESCENDING_FIRST else key


def order_words(order: Order) -> str:
    """An order as the line above the list says it."""
    return str(_WORDS.get(sort_text(order), _COMES_BACK))
