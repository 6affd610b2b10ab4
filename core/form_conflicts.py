"""Two people at one form: what was saved meanwhile is told beside what is typed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.forms import BaseForm, BoundField
from django.utils.translation import gettext as _

_NONE: Final = frozenset({None, ""})


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed meanwhile: their value and ours."""

    label: str
    theirs: str
    yours: str


class VersionedForm(BaseForm):
    """A form whose page carries the hidden `version` of what it showed when it was opened."""

    differences: Sequence[Difference] = ()
    _newest = ""

    @property
    def version(self) -> str:
        """What the page is to carry: of what stands there now, else as it was posted."""
        if self._newest:
            return self._newest
        return self.data.get("version", "") if self.is_bound else version_of(self.initial)

    @property
    def status(self) -> int:
        """How a page answers that shows the form again."""
        if self.differences:
            return HTTPStatus.CONFLICT
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def is_outdated(self, stored: BaseForm) -> bool:
        """Whether others changed what `stored` shows since this form was opened.

        Ask with the row locked. The same values typed twice are no conflict.
        """
        self._newest = version_of(stored.initial)
        if self.data.get("version") != self._newest:
            shown = [bound.name for bound in self.visible_fields()]
            self.differences = differences_between(self, stored, names=shown)
        return bool(self.differences)


def version_of(values: Mapping[str, Any]) -> str:
    """Names the values a form shows, so that a change in between is seen without a column."""
    known = {name: stored_value(value) for name, value in values.items()}
    text = json.dumps(known, sort_keys=True, cls=DjangoJSONEncoder, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def differences_between(
    typed: BaseForm, stored: BaseForm, *, names: Iterable[str]
) -> list[Difference]:
    """Those of the fields `names` whose stored value is not the one typed here, in words."""
    pairs = [(typed[name], stored[name]) for name in names]
    told = [
        (mine, words_of(theirs, theirs.value()), words_of(mine, mine.value()))
        for mine, theirs in pairs
    ]
    return [
        Difference(str(mine.label), theirs, yours)
        for mine, theirs, yours in told
        if theirs != yours
    ]


def words_of(bound: BoundField, value: Any) -> str:
    """A field's value as its form shows it; editors say theirs themselves."""
    own: Callable[[Any], str] | None = getattr(bound.field, "words_of", None)
    if own is not None:
        return own(value)
    if isinstance(value, bool) or bound.widget_type == "checkbox":
        return _("yes") if value and value != "False" else _("no")
    labels = {str(key): str(label) for key, label in _choices(bound)}
    values = value if isinstance(value, list | tuple) else [value]
    told = (labels.get(str(stored_value(item)), str(item)) for item in values if item not in _NONE)
    return ", ".join(told).replace("\r\n", "\n")  # browsers send both for the end of a line


def stored_value(value: Any) -> Any:
    """A value of a form in a form that can be compared and written."""
    if isinstance(value, QuerySet | list | tuple | set):
        return sorted((stored_value(item) for item in value), key=str)
    return value.pk if isinstance(value, Model) else value


def _choices(bound: BoundField) -> list[tuple[Any, Any]]:
    choices = getattr(bound.field, "choices", ())
    return [choice for choice in choices if not isinstance(choice[1], list | tuple)]
