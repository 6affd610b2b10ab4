"""Celery's entry to the post office."""

from __future__ import annotations

from celery import shared_task

from notifications.dispatch import send_due


@shared_task(name="notifications.send")
def send_notices() -> int:
    return send_due()
