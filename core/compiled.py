"""Querysets of hot pages, written to SQL once per process: only their parameters change.

Building a queryset and its SQL costs Django more than PostgreSQL needs to answer it; and planning
costs PostgreSQL more than answering. So the statement is prepared, too, once a connection has asked
it a few times: constants stand in its text, what is given anew is bound.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError
from psycopg.types.numeric import Int8

M = TypeVar("M", bound=Model)
Given = int | Sequence[int]
Shape = tuple[int | None, ...]

# No row has such a key: where one stands among the parameters, a given value belongs.
_FIRST_MARK = 2**60
_BEYOND_BIGINT = 2**63


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
        self._bound = [stored for stored in self._parameters if _is_mark(stored)]
        self._to_bind = ""

    def parameters(self, values: list[int]) -> list[Any]:
        """Of `sql`, in its order."""
        return [
            _given(stored, values) if _is_mark(stored) else stored for stored in self._parameters
        ]

    def rows(self, values: list[int], using: str) -> list[tuple[Any, ...]]:
        """The answer as PostgreSQL gives it."""
        connection = connections[using]
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked inside a transaction only")
        with _cursor(connection) as cursor:
            self._to_bind = self._to_bind or self._with_constants(connection)
            cursor.execute(self._to_bind, [_given(stored, values) for stored in self._bound])
            return cursor.fetchall()  # type: ignore[no-any-return]  # Django leaves it untyped

    def _with_constants(self, connection: Any) -> str:
        """The statement to bind to: the planner sees a constant, and may use a partial index."""
        written = [
            "%s" if _is_mark(stored) else _constant(stored, connection)
            for stored in self._parameters
        ]
        return str(self.sql.replace("%%", "%%%%") % tuple(written))


class _Asked:
    """What Django's iterable needs of a queryset: one that is compiled already."""

    _known_related_objects: dict[Any, Any] = {}
    db = DEFAULT_DB_ALIAS

    def __init__(self, statement: _Statement, values: list[int]) -> None:
        self.query = self
        self._statement, self._values = statement, values

    def get_compiler(self, using: str) -> Any:
        """A copy of the compiler, for the connection of this thread."""
        compiler = copy.copy(self._statement.compiler)
        compiler.connection = connections[using]
        compiler.execute_sql = lambda *_how, **_more: [self._statement.rows(self._values, using)]
        compiler.get_converters = lambda _columns: self._statement.converters
        return compiler


def _cursor(connection: Any) -> Any:
    """One that binds on the server, and therefore prepares; counted as any other.

    A log of statements would show places where it should show values, so what is logged is bound
    here.
    """
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    return connection.make_cursor(ServerBindingCursor(connection.connection))  # type: ignore[call-arg]  # untyped


def _constant(stored: Any, connection: Any) -> str:
    written: str = connection.ops.compose_sql("%s", [stored])
    return written.replace("%", "%%")


def _is_mark(stored: Any) -> bool:
    return isinstance(stored, int) and stored >= _FIRST_MARK


def _given(stored: int, values: list[int]) -> int:
    """The value for a mark, always as wide: one statement is prepared, not one for each width."""
    value = values[stored - _FIRST_MARK]
    return Int8(value) if abs(value) < _BEYOND_BIGINT else value


def _flat(given: dict[str, Given]) -> list[int]:
    values: list[int] = []
    for value in given.values():
        values.extend(value if isinstance(value, Sequence) else [value])
    return values
