"""The calendars of the seeds as they stand there: hours, zones, holidays (R9, R94, R100, C6)."""

from __future__ import annotations

from typing import Any

# R100 lists those of 2025; the years after it follow the same seven days.
HOLIDAYS = {
    "2025-01-01": "New Year's Day",
    "2025-05-26": "Memorial Day",
    "2025-07-04": "Independence Day",
    "2025-09-01": "Labor Day",
    "2025-11-27": "Thanksgiving Day",
    "2025-11-28": "Day after Thanksgiving",
    "2025-12-25": "Christmas Day",
    "2026-01-01": "New Year's Day",
    "2026-05-25": "Memorial Day",
    "2026-07-04": "Independence Day",
    "2026-09-07": "Labor Day",
    "2026-11-26": "Thanksgiving Day",
    "2026-11-27": "Day after Thanksgiving",
    "2026-12-25": "Christmas Day",
    "2027-01-01": "New Year's Day",
    "2027-05-31": "Memorial Day",
    "2027-07-04": "Independence Day",
    "2027-09-06": "Labor Day",
    "2027-11-25": "Thanksgiving Day",
    "2027-11-26": "Day after Thanksgiving",
    "2027-12-25": "Christmas Day",
    "2028-01-01": "New Year's Day",
    "2028-05-29": "Memorial Day",
    "2028-07-04": "Independence Day",
    "2028-09-04": "Labor Day",
    "2028-11-23": "Thanksgiving Day",
    "2028-11-24": "Day after Thanksgiving",
    "2028-12-25": "Christmas Day",
}
WORKING_DAYS = ("mon", "tue", "wed", "thu", "fri")


def _week(begin: str, end: str, **others: list[list[str]]) -> dict[str, Any]:
    return {**{day: [[begin, end]] for day in WORKING_DAYS}, **others}


def _spec(tz: str, weekly: dict[str, Any]) -> dict[str, Any]:
    days = sorted(HOLIDAYS)
    return {"tz": tz, "weekly": weekly, "holidays": days, "holiday_names": HOLIDAYS}


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
