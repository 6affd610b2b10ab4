"""The fields conditions ask about; each app registers its own in its `conditions.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from django.db.models import Model, Q, QuerySet

from core.conditions.operators import ALLOWED, OPERATORS, FieldKind, Operator
from core.registries import Registry

BIGGEST_ID: Final = 2**63 - 1

Names = Callable[[Collection[Any]], dict[Any, str]]


class Lookup(Protocol):
    """Finds a row of a table too long for a list by what people type: a name, an address."""

    hint: Any

    def find(self, text: str) -> Any | None:
        """The value `text` stands for; None when there is none."""

    def unknown(self, text: str) -> str:
        """A sentence saying that `text` was not found, and what to do."""


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """One fact conditions may ask about.

    `choices` are the values offered; `names` knows those that exist beyond them (archived rows),
    `lookup` finds values by text instead. `query(op, value)` is the same question to the database,
    over rows of the model the field's app documents; see `core.conditions.column` and `computed`.
    Facts that change by themselves, such as an age, have `query_at(op, value, now)` instead.
    Editors list fields under their `group`.
    """

    key: str
    label: Any
    kind: FieldKind
    choices: Callable[[], list[tuple[Any, Any]]] | None = None
    group: Any = ""
    hint: Any = ""
    query: Callable[[str, Any], Q] | None = None
    query_at: Callable[[str, Any, datetime], Q] | None = None
    names: Names | None = None
    lookup: Lookup | None = None

    @property
    def operators(self) -> list[Operator]:
        """The questions this kind of fact can be asked."""
        return [OPERATORS[key] for key in ALLOWED[self.kind]]

    @property
    def is_queryable(self) -> bool:
        """Whether the database can be asked, too."""
        return self.query is not None or self.query_at is not None

    def allows(self, op: Any) -> bool:
        return isinstance(op, str) and op in ALLOWED[self.kind]

    def named(self, values: Collection[Any]) -> dict[Any, str]:
        """The words for those of `values` that exist."""
        offered = dict(self.choices()) if self.choices else {}
        known = {value: str(offered[value]) for value in values if value in offered}
        rest = [value for value in values if value not in known]
        return {**known, **self.names(rest)} if rest and self.names else known

    def existing(self, values: Collection[Any]) -> dict[Any, str]:
        """The same, asked of the database and not of what is remembered of it."""
        return self.names(values) if self.names else self.named(values)


class FieldRegistry(Registry[FieldSpec]):
    """Fields known in code, and families of fields that are rows of a table.

    A family answers for all keys that begin with its prefix and a dot. `specs` tells those in use,
    from memory: it is asked at every look. What it tells no more is not known any more.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._families: dict[str, Callable[[], Mapping[str, FieldSpec]]] = {}

    def family(self, prefix: str, specs: Callable[[], Mapping[str, FieldSpec]]) -> None:
        """Let `specs` answer for `prefix.…`. Raises ValueError when somebody else does."""
        if self._families.setdefault(prefix, specs) is not specs:
            raise ValueError(f"{self.name} already has the family {prefix}")

    def __contains__(self, key: str) -> bool:
        return super().__contains__(key) or key in self._kin(key)

    def __getitem__(self, key: str) -> FieldSpec:
        return super().__getitem__(key) if super().__contains__(key) else self._kin(key)[key]

    def __iter__(self) -> Iterator[tuple[str, FieldSpec]]:
        yield from super().__iter__()
        for specs in self._families.values():
            yield from specs().items()

    def _kin(self, key: str) -> Mapping[str, FieldSpec]:
        prefix, dot, _name = key.partition(".")
        return self._families[prefix]() if dot and prefix in self._families else {}


fields: FieldRegistry = FieldRegistry("condition_fields")


def names_of_rows(rows: Callable[[], QuerySet[Any]]) -> Names:
    """Words for primary keys: those of `rows` that exist, whether in use or not."""

    def names(values: Collection[Any]) -> dict[Any, str]:
        keys = [value for value in values if is_id(value)]
        found: list[Model] = list(rows().filter(pk__in=keys)) if keys else []
        return {row.pk: str(row) for row in found}

    return names


def is_id(value: Any) -> bool:
    """Whether `value` could be a primary key: no bool, nothing PostgreSQL refuses."""
    return type(value) is int and 0 < value <= BIGGEST_ID


def values_of(leaf: dict[str, Any]) -> list[Any]:
    """The value of a leaf as a list, whatever its shape."""
    value = leaf.get("value")
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
