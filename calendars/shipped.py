"""The calendars of the seeds as they stand there: hours, zones, holidays (R9, R94, R100, C6)."""

from __future__ import annotations

from typing import Any

HOLIDAYS_2025 = {
    "2025-01-01": "New Year's Day",
    "2025-05-26": "Memorial Day",
    "2025-07-04": "Independence Day",
    "2025-09-01": "Labor Day",
    "2025-11-27": "Thanksgiving Day",
    "2025-11-28": "Day after Thanksgiving",
    "2025-12-25": "Christmas Day",
}
WORKING_DAYS = ("mon", "tue", "wed", "thu", "fri")


def _week(begin: str, end: str, **others: list[list[str]]) -> dict[str, Any]:
    return {**{day: [[begin, end]] for day in WORKING_DAYS}, **others}


def _spec(tz: str, weekly: dict[str, Any]) -> dict[str, Any]:
    days = sorted(HOLIDAYS_2025)
    return {"tz": tz, "weekly": weekly, "holidays": days, "holiday_names": HOLIDAYS_2025}


NEW_YORK = "America/New_York"
ROUND_THE_CLOCK: dict[str, Any] = {
    "slug": "24x7",
    "name": "24×7",
    "description": "Always open: for what cannot wait.",
    "spec": {"always": True, "tz": "UTC"},
}
STANDARD: dict[str, Any] = {
    "slug": "standard",
    "name": "Standard business hours",
    "description": "Weekdays, and shorter hours on Saturdays.",
    "spec": _spec(NEW_YORK, _week("09:00", "18:00", sat=[["10:00", "16:00"]])),
}
OTHERS: list[dict[str, Any]] = [
    {
        "name": "Office hours",
        "description": "Weekdays only.",
        "spec": _spec(NEW_YORK, _week("09:00", "18:00")),
    },
    {
        "name": "Weekend coverage",
        "description": "Limited support on Saturdays.",
        "spec": _spec(NEW_YORK, {"sat": [["10:00", "18:00"]]}),
    },
    {
        "name": "North America",
        "description": "Longer weekdays for two coasts.",
        "spec": _spec(NEW_YORK, _week("09:00", "20:00")),
    },
    {
        "name": "Europe",
        "description": "Weekdays in Central European time.",
        "spec": _spec("Europe/Paris", _week("09:00", "18:00")),
    },
    {
        "name": "Asia-Pacific",
        "description": "Weekdays in Sydney's time.",
        "spec": _spec("Australia/Sydney", _week("09:00", "18:00")),
    },
]
