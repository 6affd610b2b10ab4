"""The page of saved views: own ones, shared ones, and those out of use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.role import Permission
from core.conditions import describe
from desk.links import queue_url, views_url
from desk.queue import COUNTED_VIEWS
from desk.saved import base_of
from desk.shown_tabs import TabChoice, tab_choices
from tickets.models import SavedView
from tickets.saved_views import faults_of


@dataclass(frozen=True, kw_only=True)
class Line:
    """One view in its list."""

    name: str
    about: str
    fault: str
    url: str
    edit_url: str
    position_url: str
    archive_url: str
    restore_url: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Section:
    """The views of one kind."""

    title: str
    lines: list[Line]


@dataclass(frozen=True, kw_only=True)
class ViewsPage:
    """The page as its template prints it."""

    sections: list[Section]
    add_url: str
    counted: int
    tabs: list[TabChoice]
    tabs_url: str


def views_page(user: User) -> ViewsPage:
    """What `user` has and shares."""
    rows = list(SavedView.objects.visible_to(user).select_related("department"))
    faults = faults_of(rows)
    in_use = [row for row in rows if row.archived_at is None]
    parts = (
        (_("Only mine"), [row for row in in_use if not row.is_shared]),
        (_("Shared"), [row for row in in_use if row.is_shared]),
        (_("Out of use"), [row for row in _changeable(rows, user) if row.archived_at]),
    )
    return ViewsPage(
        sections=[Section(title, _lines(found, user, faults)) for title, found in parts if found],
        add_url=views_url(part="add"),
        counted=COUNTED_VIEWS,
        tabs=tab_choices(user),
        tabs_url=views_url(part="tabs"),
    )


def _changeable(rows: Iterable[SavedView], user: User) -> list[SavedView]:
    shares = user.may(Permission.SETTINGS_CHANGE)
    return [row for row in rows if shares or not row.is_shared]


def _lines(rows: list[SavedView], user: User, faults: dict[int, list[str]]) -> list[Line]:
    changeable = {row.pk for row in _changeable(rows, user)}
    return [
        _line(
            row,
            " ".join(faults.get(row.pk, ())),
            may_change=row.pk in changeable,
            edges=(row is rows[0], row is rows[-1]),
        )
        for row in rows
    ]


def _line(row: SavedView, fault: str, *, may_change: bool, edges: tuple[bool, bool]) -> Line:
    def page(part: str) -> str:
        return views_url(row.pk, part=part) if may_change else ""

    is_used = row.archived_at is None
    return Line(
        name=row.name,
        about=_about(row),
        fault=fault,
        url=queue_url(view=row.slug) if is_used else "",
        edit_url=page(""),
        position_url=page("position") if is_used else "",
        archive_url=page("archive") if is_used else "",
        restore_url="" if is_used else page("archive/removal"),
        is_first=edges[0],
        is_last=edges[1],
    )


def _about(row: SavedView) -> str:
    words = {"base": base_of(row).title, "conditions": describe(row.conditions)}
    about = _("%(base)s. %(conditions)s") % words if row.conditions else str(words["base"])
    if row.department:
        return _("For %(department)s. %(about)s") % {"department": row.department, "about": about}
    return about
