"""Keeping views of the queue: own ones by everybody, shared ones by those who change settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.models.role import Permission
from core import audit
from core.conditions import Tree, describe
from tickets.models import SavedView
from tickets.models.saved_view import SavedViewQuerySet

MAX_VIEWS = 30


@dataclass(frozen=True, kw_only=True)
class ViewFacts:
    """What makes a view; without an owner it is shared, with one department or with all."""

    name: str
    base: str
    order: str
    is_descending: bool
    conditions: Tree
    columns: Sequence[str]
    owner: User | None
    department: Department | None = None


@transaction.atomic
def add_view(facts: ViewFacts, *, actor: User, now: datetime) -> SavedView:
    """Keep a view, behind the others.

    Raises PermissionDenied for a shared one without the right, ValidationError when there are
    MAX_VIEWS already.
    """
    _refuse_stranger(facts.owner, actor)
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)  # two at once make one too many
    siblings = _siblings(facts.owner)
    if siblings.count() >= MAX_VIEWS:
        raise ValidationError(
            _("There are %(count)d views already. Remove one first.") % {"count": MAX_VIEWS}
        )
    last = siblings.order_by("-position").values_list("position", flat=True).first()
    view = SavedView(position=(last or 0) + 1, created_at=now, updated_at=now)
    _take(view, facts)
    view.save()
    _tell("created", view, actor=actor, now=now, after=_told(view))
    return view


@transaction.atomic
def change_view(view: SavedView, *, facts: ViewFacts, actor: User, now: datetime) -> SavedView:
    """Change what a view shows or who has it. Raises PermissionDenied without the right."""
    view = _locked(view, actor)
    _refuse_stranger(facts.owner, actor)
    before, was_shared = _told(view), view.is_shared
    _take(view, facts)
    view.updated_at = now
    view.save()
    if was_shared or view.is_shared:
        audit.record("changed", view, actor=actor, before=before, after=_told(view), now=now)
    return view


@transaction.atomic
def archive_view(view: SavedView, *, actor: User, now: datetime) -> SavedView:
    """Take a view out of use; it can be taken back. Raises PermissionDenied without the right."""
    view = _locked(view, actor)
    if view.archived_at is None:
        view.archived_at = now
        view.save(update_fields=["archived_at"])
        _tell("archived", view, actor=actor, now=now)
    return view


@transaction.atomic
def restore_view(view: SavedView, *, actor: User, now: datetime) -> SavedView:
    """Use a view again. Raises PermissionDenied, and ValidationError when there are too many."""
    view = _locked(view, actor)
    if view.archived_at is not None:
        if _siblings(view.owner).count() >= MAX_VIEWS:
            raise ValidationError(_("There are too many views. Remove one first."))
        view.archived_at = None
        view.save(update_fields=["archived_at"])
        _tell("restored", view, actor=actor, now=now)
    return view


@transaction.atomic
def move_view(view: SavedView, *, step: int, actor: User, now: datetime) -> SavedView:
    """One place up or down among its like. Raises PermissionDenied without the right."""
    view = _locked(view, actor)
    row = list(_siblings(view.owner).select_for_update().order_by("position", "pk"))
    place = next((at for at, other in enumerate(row) if other.pk == view.pk), None)
    if place is None or not 0 <= place + step < len(row):
        return view
    row[place], row[place + step] = row[place + step], row[place]
    for position, other in enumerate(row, start=1):
        other.position = position
    SavedView.objects.bulk_update(row, ["position"])
    _tell("moved", view, actor=actor, now=now)
    return view


def _locked(view: SavedView, actor: User) -> SavedView:
    found = SavedView.objects.select_for_update(of=("self",)).select_related("owner", "department")
    locked = found.get(pk=view.pk)
    _refuse_stranger(locked.owner, actor)
    return locked


def _refuse_stranger(owner: User | None, actor: User) -> None:
    """Own views are everybody's own business, shared ones that of those who change settings."""
    allowed = owner.pk == actor.pk if owner else actor.may(Permission.SETTINGS_CHANGE)
    if not allowed:
        raise PermissionDenied


def _siblings(owner: User | None) -> SavedViewQuerySet:
    """The views that stand in one list."""
    views = SavedView.objects.in_use()
    return views.own(owner) if owner else views.shared()


def _take(view: SavedView, facts: ViewFacts) -> None:
    view.name, view.base, view.order = facts.name, facts.base, facts.order
    view.is_descending, view.conditions = facts.is_descending, facts.conditions
    view.columns, view.owner = list(facts.columns), facts.owner
    view.department = None if facts.owner else facts.department


def _told(view: SavedView) -> dict[str, Any]:
    sign = "-" if view.is_descending else ""
    return {
        "name": view.name,
        "conditions": describe(view.conditions),
        "order": f"{sign}{view.order}",
        "columns": ", ".join(view.columns),
        "department": str(view.department or ""),
        "owner": str(view.owner or ""),
    }


def _tell(
    verb: str, view: SavedView, *, actor: User, now: datetime, after: dict[str, Any] | None = None
) -> None:
    """Shared views concern others: the audit log knows who changed them."""
    if view.is_shared:
        audit.record(verb, view, actor=actor, after=after, now=now)
