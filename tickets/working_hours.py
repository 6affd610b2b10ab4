"""The hours somebody works in a department: the own ones, the department's, the company's."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Department, User
from calendars.engine import Calendar, NeverOpen
from calendars.models import BusinessCalendar
from calendars.versions import compiled
from tickets.models import TaskTemplate

HOUR = 3600


def hours_of(department: Department, person: User | None = None) -> Calendar | None:
    """What this person's time in the department is counted in; None without any calendar."""
    own = person.shift_calendar if person is not None else None
    found = own or department.calendar or BusinessCalendar.objects.filter(is_default=True).first()
    return compiled(found) if found is not None else None


def due_of(template: TaskTemplate, *, department: Department, now: datetime) -> datetime | None:
    """When a task of this template must be done, counted in the department's hours."""
    amount, hours = template.due_amount, hours_of(department)
    if amount is None or hours is None:
        return None
    try:
        if template.due_unit == TaskTemplate.Unit.DAYS:
            return hours.add_days(now, amount)
        return hours.add(now, amount * HOUR)
    except NeverOpen:
        return None
