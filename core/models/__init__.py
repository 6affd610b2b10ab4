"""Rows of the ground floor: options, jobs, deliveries, audit, submissions, rates, timed actions."""

from core.models.audit import AuditEntry
from core.models.delivery import Delivery
from core.models.job import Job
from core.models.option import Option
from core.models.rate import RateWindow
from core.models.submission import Submission
from core.models.sweep import SweepRun
from core.models.timed_action import TimedAction

__all__ = [
    "AuditEntry",
    "Delivery",
    "Job",
    "Option",
    "RateWindow",
    "Submission",
    "SweepRun",
    "TimedAction",
]
