"""Values managers may change: typed, bounded, cached, audited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from core import options
from core.models import AuditEntry, Option
from core.options import OptionSpec, declare, set_value, value

SPECS = [
    OptionSpec("test.days", "int", 14, "Days", minimum=0, maximum=30),
    OptionSpec("test.hours", "float", 4.0, "Hours", minimum=0.5),
    OptionSpec("test.on", "bool", default=False, label="On"),
    OptionSpec("test.name", "str", "Help", "Name", minimum=2, maximum=20),
    OptionSpec("test.text", "text", "", "Text"),
    OptionSpec("test.mode", "choice", "a", "Mode", choices=(("a", "A"), ("b", "B"))),
    OptionSpec("test.words", "list", ["x"], "Words"),
]


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    for spec in SPECS:
        declare(spec)
    yield
    for spec in SPECS:
        options._specs.pop(spec.key)


def put(key: str, wanted: object) -> object:
    return set_value(key, wanted, actor=None, now=timezone.now())


@pytest.mark.django_db
def test_the_default_is_in_force_until_a_manager_changes_it() -> None:
    assert value("test.days") == 14
    put("test.days", 7)
    assert value("test.days") == 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "given", "stored"),
    [
        ("test.days", "7", 7),
        ("test.hours", "2.5", 2.5),
        ("test.on", True, True),
        ("test.name", "  Acme\x00 ", "Acme"),
        ("test.text", "a\nb", "a\nb"),
        ("test.mode", "b", "b"),
        ("test.words", [" a ", "", "b", "a"], ["a", "b"]),
    ],
)
def test_values_are_brought_into_form(key: str, given: object, stored: object) -> None:
    assert put(key, given) == stored
    assert value(key) == stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("test.days", -1),
        ("test.days", 31),
        ("test.days", 1.5),
        ("test.days", "soon"),
        ("test.days", True),
        ("test.days", float("inf")),
        ("test.hours", 0.1),
        ("test.hours", float("nan")),
        ("test.on", "yes"),
        ("test.name", "x"),
        ("test.name", "x" * 21),
        ("test.name", "a\nb"),
        ("test.name", 5),
        ("test.text", "x" * 20_001),
        ("test.mode", "c"),
        ("test.mode", []),
        ("test.words", "a"),
        ("test.words", [1]),
        ("test.words", ["x" * 501]),
    ],
)
def test_values_out_of_bounds_are_refused(key: str, given: object) -> None:
    with pytest.raises(ValidationError):
        put(key, given)
    assert not Option.objects.exists()


@pytest.mark.django_db
def test_a_change_is_audited_once() -> None:
    put("test.days", 7)
    put("test.days", 7)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.before, entry.after) == (
        "option_changed",
        {"test.days": 14},
        {"test.days": 7},
    )


@pytest.mark.django_db
def test_an_undone_change_is_forgotten() -> None:
    with transaction.atomic():
        put("test.days", 7)
        assert value("test.days") == 7
        transaction.set_rollback(True)
    assert value("test.days") == 14


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_the_change_when_its_copy_is_old() -> None:
    assert value("test.days") == 14
    put("test.days", 7)
    options.forget()
    assert value("test.days") == 7


@pytest.mark.django_db
def test_reading_costs_no_statement_while_the_copy_is_fresh(statements) -> None:
    value("test.days")
    with statements(0):
        assert value("test.words") == ["x"]


@pytest.mark.django_db
def test_a_list_cannot_be_changed_by_who_reads_it() -> None:
    value("test.words").append("y")
    assert value("test.words") == ["x"]


def test_a_bad_default_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="bad default"):
        declare(OptionSpec("test.bad", "int", 5, "Bad", maximum=4))
    options._specs.pop("test.bad")


def test_a_key_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        declare(OptionSpec("test.days", "int", 3, "Other"))
