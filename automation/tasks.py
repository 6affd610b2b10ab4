"""Celery's entry: the poke after a commit; the sweeps do it as well."""

from __future__ import annotations

from celery import shared_task

from automation.assigning import asking, giving
from core import clock


@shared_task(name=asking.ASSIGN)
def assign(department_id: int) -> None:
    """Give out what waits in a department."""
    giving.give_out_all(department_id, clock.now())
