"""Events: floor order, one transaction, one root (ARCHITECTURE 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from core import events
from core.events import MAX_DEPTH, DomainEvent, EmittedOutsideTransaction, emit, on
from core.models import Option


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(DomainEvent):
    litres: int = 1


@dataclass(frozen=True, kw_only=True)
class TeaMade(DomainEvent):
    pass


@pytest.fixture(autouse=True)
def no_reactions() -> Iterator[None]:
    yield
    for event_type in (KettleBoiled, TeaMade):
        events._reactions.pop(event_type, None)


@pytest.mark.django_db
def test_reactions_run_lowest_floor_first_whatever_the_order_of_import() -> None:
    ran: list[str] = []
    for floor in ("portal", "tickets", "core", "accounts"):

        def reaction(event: KettleBoiled, floor: str = floor) -> None:
            ran.append(floor)

        reaction.__module__ = f"{floor}.reactions"
        on(KettleBoiled)(reaction)
    emit(KettleBoiled())
    assert ran == ["core", "accounts", "tickets", "portal"]


@pytest.mark.django_db
def test_a_failing_reaction_undoes_the_action() -> None:
    @on(KettleBoiled)
    def refuse(event: KettleBoiled) -> None:
        raise ValueError("no tea")

    @transaction.atomic
    def boil() -> None:
        Option.objects.create(key="kettle", value=1)
        emit(KettleBoiled())

    with pytest.raises(ValueError, match="no tea"):
        boil()
    assert not Option.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_emitted() -> None:
    with pytest.raises(EmittedOutsideTransaction):
        emit(KettleBoiled())


@pytest.mark.django_db
def test_what_a_reaction_emits_is_one_deeper_and_has_the_same_root() -> None:
    seen: list[DomainEvent] = []
    on(KettleBoiled)(lambda event: seen.append(emit(TeaMade())))
    first = emit(KettleBoiled())
    assert first.depth == 0
    assert (seen[0].root, seen[0].depth) == (first.root, 1)


@pytest.mark.django_db
def test_two_chains_have_two_roots() -> None:
    assert emit(KettleBoiled()).root != emit(KettleBoiled()).root


@pytest.mark.django_db
def test_an_endless_chain_is_cut() -> None:
    depths: list[int] = []

    @on(KettleBoiled)
    def again(event: KettleBoiled) -> None:
        depths.append(event.depth)
        emit(KettleBoiled())

    with pytest.raises(RecursionError):
        emit(KettleBoiled())
    assert max(depths) == MAX_DEPTH


@pytest.mark.django_db
def test_after_a_failure_the_next_event_starts_a_new_chain() -> None:
    @on(KettleBoiled)
    def refuse(event: KettleBoiled) -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - its own error, seen above
        emit(KettleBoiled())
    assert emit(TeaMade()).depth == 0


def test_the_wiring_names_reactions_in_their_order() -> None:
    @on(TeaMade)
    def pour(event: TeaMade) -> None:
        return None

    assert events.wiring()["TeaMade"] == [f"{__name__}.{pour.__qualname__}"]
