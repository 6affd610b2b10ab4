"""Celery's entry to the systems that know our customers."""

from __future__ import annotations

from celery import shared_task

from core import clock
from customers.actions.lookups import TASK, ask_due


@shared_task(name=TASK)
def ask() -> int:
    return ask_due(clock.now())
