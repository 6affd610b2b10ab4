"""Querysets of hot pages, written to SQL once per process: only their parameters change.

Building a queryset and its SQL costs Django more than PostgreSQL needs to answer it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)
Given = int | Sequence[int]
Shape = tuple[int | None, ...]

# No row has such a key: where one stands among the parameters, a given value belongs.
_FIRST_MARK = 2**60


class Compiled(Generic[M]):
    """Rows of `build(**given)`; values are whole numbers, or lists of them.

    `build` is called with marks instead of values, so it may not look at them, and its other
    parameters are constants: no moment, no option.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._statements: dict[Shape, _Statement] = {}

    def __call__(self, **given: Given) -> list[M]:
        """The rows; each length of a list has SQL of its own."""
        return list(ModelIterable(self._asked(given)))

    def rows(self, **given: Given) -> list[tuple[Any, ...]]:
        """The same as plain values, where `build` answers with a `values_list`."""
        compiler = self._asked(given).get_compiler(DEFAULT_DB_ALIAS)
        return list(compiler.results_iter(tuple_expected=True))

    def sql(self, **given: Given) -> tuple[str, list[Any]]:
        """The statement and its parameters, to be a part of another one."""
        statement = self._statement(given)
        return statement.sql, statement.parameters(_flat(given))

    def _asked(self, given: dict[str, Given]) -> Any:
        return _Asked(self._statement(given), _flat(given))

    def _statement(self, given: dict[str, Given]) -> _Statement:
        shape = tuple(
            len(value) if isinstance(value, Sequence) else None for value in given.values()
        )
        statement = self._statements.get(shape)
        if statement is None:
            statement = self._statements[shape] = _Statement(self._build, given)
        return statement


class _Statement:
    """SQL, what its columns are, and which parameters are given anew."""

    def __init__(self, build: Callable[..., QuerySet[Any]], given: dict[str, Given]) -> None:
        marked, mark = {}, _FIRST_MARK
        for name, value in given.items():
            width = len(value) if isinstance(value, Sequence) else 1
            marks = list(range(mark, mark + width))
            marked[name] = marks if isinstance(value, Sequence) else marks[0]
            mark += width
        query = build(**marked).query
        self.locks = query.select_for_update
        self.compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self._parameters = self.compiler.as_sql()
        columns = self.compiler.select[: self.compiler.col_count]
        self.converters = self.compiler.get_converters([column for column, *_ in columns])

    def parameters(self, values: list[int]) -> list[Any]:
        return [self._value(stored, values) for stored in self._parameters]

    def _value(self, stored: Any, values: list[int]) -> Any:
        is_mark = isinstance(stored, int) and stored >= _FIRST_MARK
        return type(stored)(values[stored - _FIRST_MARK]) if is_mark else stored


class _Asked:
    """What Django's iterable needs of a queryset: one that is compiled already."""

    _known_related_objects: dict[Any, Any] = {}
    db = DEFAULT_DB_ALIAS

    def __init__(self, statement: _Statement, values: list[int]) -> None:
        self.query = self
        self._statement = statement
        self._parameters = statement.parameters(values)

    def get_compiler(self, using: str) -> Any:
        """A copy of the compiler, for the connection of this thread."""
        if self._statement.locks and not connections[using].in_atomic_block:
            raise TransactionManagementError("rows are locked inside a transaction only")
        compiler = copy.copy(self._statement.compiler)
        compiler.connection = connections[using]
        compiler.as_sql = lambda: (self._statement.sql, self._parameters)
        compiler.get_converters = lambda _columns: self._statement.converters
        return compiler


def _flat(given: dict[str, Given]) -> list[int]:
    values: list[int] = []
    for value in given.values():
        values.extend(value if isinstance(value, Sequence) else [value])
    return values
