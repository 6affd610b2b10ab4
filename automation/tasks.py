"""Celery's entry: the poke after a commit; the sweeps do it as well."""

from __future__ import annotations

from celery import shared_task

from automation.assigning import asking, giving
from core import clock


@shared_task(name=asking.ASSIGN)
def assign(department_id: int) -> None:
    """Give out what waits in a department."""
    giving.give_out_all(department_id, clock.now())


@shared_task(name=asking.FREED)
def assign_freed(user_id: int) -> None:
    """Somebody may take more: give out what waits in their departments."""
    for department_id in asking.departments_waiting_for(user_id):
        giving.give_out_all(department_id, clock.now())
