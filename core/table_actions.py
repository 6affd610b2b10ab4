"""Changes to settings tables: versioned, locked, audited, previewed where they matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError
from django.forms import ModelForm
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from core import audit
from core.form_conflicts import Difference, differences_between, stored_value, words_of
from core.form_conflicts import version_of as version_of_values
from core.registries import impact_previews
from core.table_rows import is_archived, usage_words

if TYPE_CHECKING:
    from core.crud import ManagedTable

STEP = 10


class MustStay(ValueError):
    """The row may be neither archived nor removed; the text says why."""


@dataclass(frozen=True)
class Submitted:
    """A form as it came back: saved, refused, in conflict, or to be confirmed."""

    form: ModelForm[Any]
    version: str = ""
    is_saved: bool = False
    differences: list[Difference] = field(default_factory=list)
    impacts: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        if self.differences:
            return HTTPStatus.CONFLICT
        if self.form.is_bound and self.form.errors:
            return HTTPStatus.UNPROCESSABLE_ENTITY
        return HTTPStatus.OK


def blank(form_class: type[ModelForm[Any]]) -> Submitted:
    """An empty form."""
    return Submitted(form_class())


def opened(form_class: type[ModelForm[Any]], row: Model) -> Submitted:
    """The form of a row, with the version it shows."""
    return Submitted(form_class(instance=row), version_of(form_class, row))


@transaction.atomic
def add_row(table: ManagedTable, data: Any, *, files: Any, actor: Any, now: datetime) -> Submitted:
    """Make a row out of a form, at the end of the order. Audited."""
    form = table.form_class(data, files)
    if not form.is_valid():
        return Submitted(form)
    if table.ordering and table.ordering not in form.fields:
        last = table.all_rows().order_by(table.ordering).last()
        setattr(form.instance, table.ordering, getattr(last, table.ordering, 0) + STEP)
    if table.save:
        form.instance = table.save(form, actor=actor, now=now)
        return Submitted(form, is_saved=True)
    form.save()
    if table.on_saved:
        table.on_saved(form.instance, actor=actor, now=now)
    audit.record("created", form.instance, actor=actor, after=_facts(form), now=now)
    return Submitted(form, is_saved=True)


@transaction.atomic
def change_row(
    table: ManagedTable, row: Any, *, data: Any, files: Any, actor: Any, now: datetime
) -> Submitted:
    """Save the form of a row. Audited.

    Saves nothing when the form is wrong, when the row was changed since the form was opened (both
    values are shown), or when the change moves something and was not confirmed.
    """
    locked = _locked(table, row)
    version = version_of(table.form_class, locked)
    if data.get("version") != version:
        form = table.form_class(data, files, instance=_locked(table, row))
        stored = type(form)(instance=locked)
        if differences := differences_between(form, stored, names=form.fields):
            return Submitted(form, version, differences=differences)
    form = table.form_class(data, files, instance=locked)
    if not form.is_valid():
        return Submitted(form, version)
    impacts = _impacts(table, form) if data.get("confirmed") != "yes" else []
    if impacts:
        return Submitted(form, version, impacts=impacts)
    if form.has_changed() and table.save:
        form.instance = table.save(form, actor=actor, now=now)
    elif form.has_changed():
        form.save()
        if table.on_saved:
            table.on_saved(locked, actor=actor, now=now)
        before, after = _facts(form, before=True), _facts(form)
        audit.record("changed", locked, actor=actor, before=before, after=after, now=now)
    return Submitted(form, is_saved=True)


@transaction.atomic
def move_row(table: ManagedTable, row: Any, *, step: int, actor: Any, now: datetime) -> None:
    """Swap the row with its neighbour among those in use; at the edge nothing happens."""
    rows = list(in_use(table).select_for_update(of=("self",)))
    place = next((index for index, other in enumerate(rows) if other.pk == row.pk), None)
    if place is None or not 0 <= place + step < len(rows):
        return
    rows[place], rows[place + step] = rows[place + step], rows[place]
    for index, other in enumerate(rows, start=1):
        setattr(other, table.ordering, index * STEP)
    table.model._default_manager.bulk_update(rows, [table.ordering])
    after = {"order": [str(other) for other in rows]}
    audit.record("moved", row, actor=actor, after=after, now=now)
    table.rearranged(row, actor=actor, now=now)


@transaction.atomic
def archive_row(table: ManagedTable, row: Any, *, actor: Any, now: datetime) -> None:
    """Take the row out of use. Raises MustStay."""
    locked = _locked(table, row)
    if is_archived(table, locked):
        return
    if reason := table.reason_to_keep(locked):
        raise MustStay(reason)
    _set_archived(table, locked, now)
    audit.record("archived", locked, actor=actor, now=now)
    table.rearranged(locked, actor=actor, now=now)


@transaction.atomic
def restore_row(table: ManagedTable, row: Any, *, actor: Any, now: datetime) -> None:
    """Bring the row back into use."""
    locked = _locked(table, row)
    if not is_archived(table, locked):
        return
    _set_archived(table, locked, None)
    audit.record("restored", locked, actor=actor, now=now)
    table.rearranged(locked, actor=actor, now=now)


@transaction.atomic
def remove_row(
    table: ManagedTable, row: Any, *, replacement: Any, actor: Any, now: datetime
) -> None:
    """Delete the row; what uses it moves to `replacement` first. Raises MustStay."""
    locked = _locked(table, row)
    if reason := table.reason_to_keep(locked):
        raise MustStay(reason)
    if usage_words(table.label, locked.pk):
        if table.replace is None or replacement is None or replacement.pk == locked.pk:
            raise MustStay(_("It is in use. Choose what takes its place."))
        table.replace(locked, replacement, actor=actor, now=now)
    before = {"name": str(locked), "replacement": str(replacement or "")}
    audit.record("removed", locked, actor=actor, before=before, now=now)
    try:
        with transaction.atomic():
            locked.delete()
    except (ProtectedError, RestrictedError) as refusal:
        raise MustStay(_("It is in use and cannot be removed.")) from refusal
    table.rearranged(locked, actor=actor, now=now)


def in_use(table: ManagedTable) -> QuerySet[Any]:
    """The rows that are not archived, in their order."""
    if not table.archived:
        return table.all_rows()
    return table.all_rows().filter(**{f"{table.archived}__isnull": True})


def version_of(form_class: type[ModelForm[Any]], row: Model) -> str:
    """Names the values a form shows, so that a change in between is seen without a column."""
    return version_of_values(_initial(form_class, row))


def _initial(form_class: type[ModelForm[Any]], row: Model) -> dict[str, Any]:
    return {
        **model_to_dict(row, fields=list(form_class.base_fields)),
        **form_class(instance=row).initial,
    }


def _locked(table: ManagedTable, row: Any) -> Any:
    return table.model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _set_archived(table: ManagedTable, row: Any, moment: datetime | None) -> None:
    setattr(row, table.archived, moment)
    row.save(update_fields=[table.archived])


def _impacts(table: ManagedTable, form: ModelForm[Any]) -> list[str]:
    changes = table.changes(form) if table.changes else _changes(form)
    entries = [entry for entry in impact_previews.entries() if entry.model == table.label]
    texts = [entry.preview(form.instance, changes) for entry in entries] if changes else []
    return [text for text in texts if text]


def _changes(form: ModelForm[Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (form.get_initial_for_field(form.fields[name], name), form.cleaned_data[name])
        for name in form.changed_data
    }


def _facts(form: ModelForm[Any], *, before: bool = False) -> dict[str, Any]:
    """What changed, for the audit log."""
    facts: dict[str, Any] = {}
    for name in form.changed_data:
        value = form.cleaned_data.get(name)
        if before:
            value = form.get_initial_for_field(form.fields[name], name)
        facts[name] = words_of(form[name], stored_value(value))
    return facts
