"""Celery's entry to the ground floor: the sweep that beat starts every 10 s."""

from __future__ import annotations

from celery import shared_task
from celery.signals import task_prerun

from core import clock, jobs, pokes, sweeping
from core.logs import remember_request
from core.registries import sweeps

SWEEP_SECONDS = 10


@task_prerun.connect
def name_log_lines(task_id: str = "", **_facts: object) -> None:
    """Tie the log lines of a task together, as those of a request are."""
    remember_request(request_id=task_id, address="")


@shared_task(name="core.sweep")
def sweep() -> None:
    """Start every sweep as a task of its own, so that a slow one holds up none."""
    for key, _sweep in sweeps:
        if not pokes.send("core.sweep_one", key, expires=SWEEP_SECONDS):
            sweeping.run_alone(key, now=clock.now())


@shared_task(name="core.sweep_one")
def sweep_one(key: str) -> None:
    """One sweep, unless another worker is at it."""
    sweeping.run_alone(key, now=clock.now())


@shared_task(name="core.run_job")
def run_job(job_id: int) -> None:
    """One job, right after it was asked for."""
    jobs.run_job(job_id, now=clock.now())
