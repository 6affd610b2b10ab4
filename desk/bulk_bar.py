"""The bar that appears while tickets are selected: what can be chosen in its menus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Max
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.role import Permission
from automation.macros import macros_for
from core.memo import remembered
from desk import people
from desk.bulk_forms import NOBODY
from desk.links import bulk_url
from tickets import vocabulary
from tickets.models import Ticket


@dataclass(frozen=True, kw_only=True)
class BulkBar:
    """The menus, each item a button that is step and choice in one."""

    url: str
    me: int
    assignees: SafeString
    statuses: SafeString
    priorities: SafeString
    departments: SafeString
    macros: SafeString
    may_delete: bool
    is_spam: bool


def bulk_bar(user: User, *, view: str) -> BulkBar:
    """The bar of this person above the list of `view`."""
    staff = [(str(row.pk), row.name) for row in people.colleagues() if row.pk != user.pk]
    return BulkBar(
        url=bulk_url(),
        me=user.pk,
        assignees=_menu("assignee", [(NOBODY, _("Nobody")), *staff]),
        statuses=_menu("status", _pairs(vocabulary.statuses())),
        priorities=_menu("priority", _pairs(vocabulary.priorities())),
        departments=_options(tuple(_pairs(vocabulary.departments()))),
        macros=_menu("macro", [(str(rule.id), rule.name) for rule in macros_for(user)]),
        may_delete=user.may(Permission.TICKETS_DELETE),
        is_spam=view == "spam",
    )


@remembered(seconds=2)
def newest_id() -> int:
    """The highest id of a ticket, or one that was a moment ago: "all that match" ends there."""
    return Ticket.objects.aggregate(top=Max("id"))["top"] or 0


def _pairs(rows: Iterable[object]) -> list[tuple[str, str]]:
    return [(str(getattr(row, "pk", "")), str(row)) for row in rows]


def _menu(step: str, pairs: Iterable[tuple[str, str]]) -> SafeString:
    return _items(step, tuple(pairs))


@lru_cache(maxsize=128)
def _items(step: str, pairs: tuple[tuple[str, str], ...]) -> SafeString:
    """The same menus are shown to everybody again and again."""
    item = '<button class="menu__item" name="step" value="{}:{}">{}</button>'
    return format_html_join("", item, ((step, key, text) for key, text in pairs))


@lru_cache(maxsize=32)
def _options(pairs: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', pairs)
