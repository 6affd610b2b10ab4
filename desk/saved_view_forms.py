"""The form of a saved view, and what it begins with when the list on the screen is to be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.role import Permission
from core.condition_forms import ConditionField, StepwiseForm
from core.conditions import Tree, fields
from core.form_conflicts import VersionedForm
from core.text import clean_line
from desk.columns import COLUMNS, chosen_columns, known
from desk.orders import OPEN_SORTS, order_of, order_words, read_sort, sort_key, sort_text
from desk.shipped import BASES, View
from tickets import vocabulary
from tickets.actions.saved_views import ViewFacts
from tickets.custom_fields import filters as custom_fields
from tickets.filters import AT_RISK, ME, NOBODY, OVERDUE
from tickets.models import SavedView
from tickets.models.saved_view import SAVED
from tickets.saved_views import condition_fields, refuse_unaskable

OWN, ALL = "own", "all"
_BASES = {view.slug: view for view in BASES}
_ROWS = ("status", "priority", "department", "service")
# What a filter asks of the present has a view of its own to begin with.
_AS_BASE = {("sla", AT_RISK): "risk", ("sla", OVERDUE): "overdue", ("assignee", ME): "mine"}


class SavedViewForm(VersionedForm, StepwiseForm, forms.Form):
    """Name, where it begins, what narrows it, how it is sorted, what it shows, who has it."""

    name = forms.CharField(label=_("Name"), max_length=60)
    base = forms.ChoiceField(
        label=_("Begins with"), choices=[(view.slug, view.title) for view in BASES]
    )
    conditions = ConditionField(label=_("Conditions"), allowed=())
    sort = forms.ChoiceField(label=_("Order"))
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=list(COLUMNS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    scope = forms.ChoiceField(label=_("Who has it"))

    def __init__(self, data: Any = None, *, user: User, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        self.user, self.now = user, now
        conditions: Any = self.fields["conditions"]
        conditions.allowed = conditions.widget.allowed = condition_fields()
        self._offer("sort", _sorts())
        self._offer("scope", _scopes(user))
        if not user.may(Permission.SETTINGS_CHANGE):
            del self.fields["scope"]

    def clean_name(self) -> str:
        """One line; nothing but spaces is no name."""
        name = clean_line(self.cleaned_data["name"], 60)
        if not name:
            raise ValidationError(gettext("Give the view a name."), "required")
        return name

    def clean_conditions(self) -> Tree:
        """Only what the database can answer (X-46)."""
        conditions: Tree = self.cleaned_data["conditions"]
        refuse_unaskable(conditions, now=self.now)
        return conditions

    def clean(self) -> dict[str, Any]:
        """The order has to be one that an index of what the view begins with serves."""
        facts = super().clean() or {}
        base = _BASES.get(facts.get("base", ""))
        if base and facts.get("sort") and read_sort(facts["sort"], base.sorts) is None:
            self.add_error("sort", gettext("A view that begins like this can't be sorted so."))
        return facts

    def facts(self) -> ViewFacts:
        """What was written, for the action."""
        said = self.cleaned_data
        scope = said.get("scope", OWN)
        department = None if scope in {OWN, ALL} else _departments()[scope]
        return ViewFacts(
            name=said["name"],
            base=said["base"],
            conditions=said["conditions"],
            order=said["sort"].removeprefix("-"),
            is_descending=said["sort"].startswith("-"),
            columns=known(said["columns"]),
            owner=self.user if scope == OWN else None,
            department=department,
        )

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


@dataclass(frozen=True)
class Begun:
    """What the form begins with, and what of the list could not be taken over."""

    initial: dict[str, Any]
    lost: list[str]


def begun_with(view: View, user: User) -> Begun:
    """The list on the screen as the beginning of a view."""
    base, conditions = view.name, []
    if saved := _saved(view, user):
        base, conditions = saved.base, [saved.conditions] if saved.conditions else []
    given = view.chosen.given()
    for (name, value), slug in _AS_BASE.items():
        if base == "attention" and given.get(name) == value:
            base = slug
            del given[name]
    lost = [words for name, words in _lost_words().items() if _is_lost(name, given)]
    conditions += [leaf for name in given if (leaf := _leaf(name, given[name], user))]
    initial = {
        "base": base,
        "conditions": {"all": conditions} if conditions else {},
        "sort": sort_text(view.order) if sort_key(view.order) else OPEN_SORTS[0],
        "columns": chosen_columns(user, view.name, view.columns),
        "scope": OWN,
    }
    return Begun(initial, lost)


def written_in(saved: SavedView) -> dict[str, Any]:
    """What the form of an existing view begins with."""
    scope = OWN if saved.owner_id else f"{saved.department_id or ALL}"
    return {
        "name": saved.name,
        "base": saved.base,
        "conditions": saved.conditions,
        "sort": f"{'-' if saved.is_descending else ''}{saved.order}",
        "columns": saved.columns,
        "scope": scope,
    }


def _saved(view: View, user: User) -> SavedView | None:
    key = view.name.removeprefix(SAVED)
    if key == view.name:
        return None
    return SavedView.objects.visible_to(user).filter(pk=int(key)).first()


def _leaf(name: str, value: str, user: User) -> Tree | None:
    """One filter as a condition; None for one that conditions do not know."""
    if name in _ROWS:
        return {"field": name, "op": "is", "value": int(value)}
    if name == "assignee":
        if value == NOBODY:
            return {"field": name, "op": "is_empty"}
        return {"field": name, "op": "is", "value": user.pk if value == ME else int(value)}
    if name == "tag":
        return {"field": "tags", "op": "contains_any", "value": [value]}
    if name == "channel" or (name == "sla" and value not in {AT_RISK, OVERDUE}):
        return {"field": "sla_state" if name == "sla" else name, "op": "is", "value": value}
    if name.startswith(custom_fields.PREFIX):
        return _custom_leaf(name, value)
    column, _sign, end = name.rpartition("_")
    return _day_leaf(f"{column}_at", end, value) if end in {"from", "to"} else None


def _custom_leaf(name: str, value: str) -> Tree:
    """An answer as its kind of field is asked for it: yes, one option, or several by name."""
    key = f"custom.{name.removeprefix(custom_fields.PREFIX)}"
    kind = fields[key].kind
    if kind == "set":
        offered = {one.name: dict(one.pairs) for one in custom_fields.choices()}
        return {"field": key, "op": "contains_any", "value": [offered[name][value]]}
    return {"field": key, "op": "is", "value": True if kind == "bool" else int(value)}


def _day_leaf(field: str, end: str, value: str) -> Tree:
    """ "From" and "until" are inclusive, "after" and "before" are not."""
    day, one = date.fromisoformat(value), timedelta(days=1)
    if end == "from":
        return {"field": field, "op": "after", "value": (day - one).isoformat()}
    return {"field": field, "op": "before", "value": (day + one).isoformat()}


def _is_lost(name: str, given: dict[str, str]) -> bool:
    return name in given and (name == "q" or given[name] in {AT_RISK, OVERDUE})


def words_are_lost() -> str:
    """Why no view holds the words of a search."""
    return gettext("Words can't be kept in a view: they are searched for each time.")


def _lost_words() -> dict[str, str]:
    return {
        "q": words_are_lost(),
        "sla": gettext("The deadline can't be kept here: begin with “SLA at risk” or “Overdue”."),
    }


def _sorts() -> list[tuple[str, Any]]:
    return [
        (sort_text(order), capfirst(order_words(order)))
        for key in OPEN_SORTS
        for order in (order_of(key, is_descending=way) for way in (False, True))
    ]


def _scopes(user: User) -> list[tuple[str, Any]]:
    shared = [(key, str(row)) for key, row in _departments().items()]
    return [(OWN, _("Only I")), (ALL, _("Everybody")), *shared]


def _departments() -> dict[str, Any]:
    return {str(row.pk): row for row in vocabulary.departments()}
