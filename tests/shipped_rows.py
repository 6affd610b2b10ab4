"""After a test with real transactions the tables are emptied and hold the shipped rows again.

Django truncates all hundred tables and saves each shipped row through its model, half a second a
test; here rows go by DELETE where there are any, and come back from copies inside the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

# What is put back was put in once: neither keys nor triggers have to look at it again. As TRUNCATE
# does, the lock waits for whoever still writes; of two that wait for each other the other gives up.
EMPTY = """DO $$ DECLARE name text; is_filled boolean; BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    PERFORM set_config('deadlock_timeout', '20s', true);
    LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE;
    FOREACH name IN ARRAY ARRAY[{names}] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO is_filled;
        IF is_filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP;
END $$"""
FILL = """DO $$ BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    {inserts}
END $$"""
COPY = 'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM shipped."{table}" ON CONFLICT DO NOTHING;'
COLUMNS = """SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""


def install() -> None:
    """Where we may pause triggers; elsewhere Django's own way stays."""
    truncate, load = DatabaseOperations.sql_flush, BaseDatabaseCreation.deserialize_db_from_string
    DatabaseOperations.sql_flush = _emptying(truncate)
    BaseDatabaseCreation.serialize_db_to_string = _keeping(
        BaseDatabaseCreation.serialize_db_to_string
    )
    BaseDatabaseCreation.deserialize_db_from_string = _refilling(load)


def _emptying(truncate: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        if options.get("reset_sequences") or not tables or not _is_master(self.connection):
            return truncate(self, style, tables, **options)
        quoted = ", ".join(f'"{table}"' for table in tables)
        names = ", ".join(f"'{table}'" for table in tables)
        return [EMPTY.format(tables=quoted, names=names)]

    return sql_flush


def _keeping(dump: Callable[..., str]) -> Callable[..., str]:
    def serialize_db_to_string(self: Any) -> str:
        """The statement that puts the rows back."""
        connection = self.connection
        if not _is_master(connection):
            return dump(self)
        tables = connection.introspection.django_table_names(only_existing=True)
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA shipped")
            return FILL.format(inserts="\n    ".join(_copies(cursor, tables)))

    return serialize_db_to_string


def _copies(cursor: Any, tables: Sequence[str]) -> list[str]:
    found = []
    for table in sorted(tables):
        cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')  # noqa: S608 - our own tables
        if cursor.fetchone()[0]:
            cursor.execute(f'CREATE TABLE shipped."{table}" AS TABLE "{table}"')
            cursor.execute(COLUMNS, [f'"{table}"'])
            found.append(COPY.format(table=table, columns=cursor.fetchone()[0]))
    return found


def _refilling(load: Callable[..., None]) -> Callable[..., None]:
    def deserialize_db_from_string(self: Any, data: str) -> None:
        if not data.startswith("DO "):
            return load(self, data)
        with self.connection.cursor() as cursor:
            cursor.execute(data)
        return None

    return deserialize_db_from_string


def _is_master(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        return bool(cursor.fetchone()[0] == "on")
