"""Calendars of the stories, and short ways to say when."""

from datetime import datetime
from zoneinfo import ZoneInfo

WORKING_DAYS = ["mon", "tue", "wed", "thu", "fri"]
WEEKDAYS = [*WORKING_DAYS, "sat", "sun"]
HOLIDAYS_2025 = [
    "2025-01-01",
    "2025-05-26",
    "2025-07-04",
    "2025-09-01",
    "2025-11-27",
    "2025-11-28",
    "2025-12-25",
]
HOUR = 3600


def week(*rows: list[str], **others: list[list[str]]) -> dict:
    return {**{day: list(rows) for day in WORKING_DAYS}, **others}


S4 = {
    "tz": "America/New_York",
    "weekly": week(["09:00", "18:00"], sat=[["10:00", "16:00"]]),
    "holidays": HOLIDAYS_2025,
}
NIGHTS = {"tz": "Europe/Berlin", "weekly": week(["22:00", "06:00"])}
LUNCH = {"tz": "Europe/Bucharest", "weekly": week(["09:00", "12:30"], ["13:30", "18:00"])}
ALL_DAY = {"tz": "Europe/London", "weekly": {day: [["00:00", "24:00"]] for day in WEEKDAYS}}


def at(text: str, zone: str = "America/New_York") -> datetime:
    """A wall time of a zone, such as at("2025-02-04 10:15")."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
