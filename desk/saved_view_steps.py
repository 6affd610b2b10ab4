"""From the form and the buttons of saved views to the actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from accounts.models import User
from desk.saved_view_forms import SavedViewForm, written_in
from tickets.actions.saved_views import add_view, archive_view, change_view, move_view, restore_view
from tickets.models import SavedView

Step = Callable[[SavedView, QueryDict, User, datetime], SavedView]


def saved(form: SavedViewForm, row: SavedView | None, *, now: datetime) -> SavedView | None:
    """The view as the form says it; None when the form or its action refuses, and says why.

    Somebody else may have changed the view since the form was opened: then it says what.
    """
    if not form.is_bound or form.is_step:
        return None
    with transaction.atomic():
        if row is not None and form.is_outdated(_stored(form, row)):
            return None
        return _written(form, row, now=now) if form.is_valid() else None


def _stored(form: SavedViewForm, row: SavedView) -> SavedViewForm:
    locked = SavedView.objects.select_for_update(of=("self",)).get(pk=row.pk)
    return SavedViewForm(user=form.user, now=form.now, initial=written_in(locked))


def _written(form: SavedViewForm, row: SavedView | None, *, now: datetime) -> SavedView | None:
    try:
        if row is None:
            return add_view(form.facts(), actor=form.user, now=now)
        return change_view(row, facts=form.facts(), actor=form.user, now=now)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def _move(row: SavedView, asked: QueryDict, user: User, now: datetime) -> SavedView:
    step = -1 if asked.get("direction") == "up" else 1
    return move_view(row, step=step, actor=user, now=now)


STEPS: Final[dict[str, Step]] = {
    "position": _move,
    "archive": lambda row, _asked, user, now: archive_view(row, actor=user, now=now),
    "restore": lambda row, _asked, user, now: restore_view(row, actor=user, now=now),
}
