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
    me = str(user.pk)
    staff = [pair for pair in people.colleagues().pairs if pair[0] != me]
    return BulkBar(
        url=bulk_url(),
        me=user.pk,
        assignees=_menu("assignee", [(NOBODY, _("Nobody")), *staff]),
        statuses=_items("status", vocabulary.statuses().pairs),
        priorities=_items("priority", vocabulary.priorities().pairs),
        departments=_options(vocabulary.departments().pairs),
        macros=_menu("macro", [(str(rule.id), rule.name) for rule in macros_for(user)]),
        may_delete=user.may(Permission.TICKETS_DELETE),
        is_spam=view == "spam",
    )


@remembered(seconds=2)
def newest_id() -> int:
    """The highest id of a ticket, or one that was a moment ago: "all that match" ends there."""
    return Ticket.objects.aggregate(top=Max("id"))["top"] or 0


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
