"""Celery's entry: the poke after a claim."""

from __future__ import annotations

from celery import shared_task

from core import clock
from sla import sweep


@shared_task(name=sweep.ACT)
def act() -> None:
    """Announce what was claimed; the sweep does it as well."""
    sweep.act(clock.now())
