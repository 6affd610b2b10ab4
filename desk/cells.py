"""What stands in the cells of a list of tickets, column by column."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from core import ui
from core.quick_html import fill
from desk.deadlines import due_mark
from desk.rows import Facts

if TYPE_CHECKING:
    from desk.dressing import Dresser

Cell = Callable[["Dresser", Facts], SafeString | str]


def _customer(dresser: Dresser, facts: Facts) -> SafeString:
    """Who, and below it for whom; the channel where nobody stands behind them."""
    words = dresser.words
    name = facts.customer or facts.email or words.somebody
    mark = ui.icon("crown", label=words.vip) if facts.is_vip else ""
    below = "" if "organisation" in dresser.shown else facts.organisation
    origin = below or words.by_channel.get(facts.channel, "")
    return fill(
        '<span class="customer truncate">{}{}</span><span class="truncate">{}</span>',
        name,
        mark,
        origin,
    )


def _priority(dresser: Dresser, facts: Facts) -> SafeString:
    """How urgent, and below it where, unless that has a column of its own."""
    seen = dresser.urgencies.get((facts.priority_id, facts.department_id))
    if seen is None:
        mark = ui.priority_mark(dresser.priorities[facts.priority_id], facts.priority_rank)
        below = "" if "department" in dresser.shown else dresser.departments[facts.department_id]
        seen = fill("{}<span>{}</span>", mark, below)
        dresser.urgencies[(facts.priority_id, facts.department_id)] = seen
    return seen


def _due(dresser: Dresser, facts: Facts) -> SafeString:
    status = dresser.status(facts).name
    return due_mark(facts, status=status, times=dresser.times, near=dresser.near)


def _assignee(dresser: Dresser, facts: Facts) -> SafeString:
    name = facts.assignee or (facts.assignee_email or "").partition("@")[0]
    return ui.avatar(name, label=name or dresser.words.nobody)


def _tags(_dresser: Dresser, facts: Facts) -> SafeString:
    return format_html_join(" ", '<span class="tag">{}</span>', ((name,) for name in facts.tags))


def _created(dresser: Dresser, facts: Facts) -> SafeString | str:
    return dresser.ago(facts.created_at) if facts.created_at else ""


CELLS: Final[dict[str, Cell]] = {
    "status": lambda dresser, facts: dresser.status(facts).badge,
    "customer": _customer,
    "organisation": lambda _dresser, facts: facts.organisation or "",
    "department": lambda dresser, facts: dresser.departments[facts.department_id],
    "priority": _priority,
    "due": _due,
    "assignee": _assignee,
    "service": lambda dresser, facts: dresser.services[facts.service_id or 0],
    "channel": lambda dresser, facts: dresser.words.channels.get(facts.channel, ""),
    "tags": _tags,
    "created": _created,
    "updated": lambda dresser, facts: dresser.ago(facts.updated_at),
}
