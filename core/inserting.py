"""New rows of hot tables: an INSERT whose words are written once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import NOT_PROVIDED, Model
from django.db.models.sql import InsertQuery

_Fields = tuple[Any, ...]


def insert(row: Model) -> None:
    """Store `row` as new and give it its key: `save(force_insert=True)` at half of its price.

    For models without signals and without defaults of the database; values are whole, not
    expressions. Raises what the database refuses, as `save` does.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _written(type(row))
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)  # noqa: FBT003 -- Django's
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@lru_cache(maxsize=64)
def _written(model: type[Model]) -> tuple[str, _Fields]:
    """The statement as Django writes it, and the fields whose values it takes, in their order."""
    fields = tuple(field for field in model._meta.concrete_fields if not field.primary_key)
    if any(field.generated or field.db_default is not NOT_PROVIDED for field in fields):
        raise TypeError(f"the database has a say in new rows of {model.__name__}")
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.returning_fields = [model._meta.pk]
    ((sql, _values),) = compiler.as_sql()
    return sql, fields
