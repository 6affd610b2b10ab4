"""Calendars thrown by dice, around the dates on which clocks are put forward and back."""

from datetime import UTC, datetime, timedelta
from random import Random

CLOCK_CHANGES = {
    "America/New_York": ["2025-03-09", "2025-11-02"],
    "Europe/Bucharest": ["2025-03-30", "2025-10-26"],
    "Europe/London": ["2025-03-30", "2025-10-26"],
    "Australia/Lord_Howe": ["2025-04-06", "2025-10-05"],  # half an hour
    "Africa/Cairo": ["2023-04-28", "2023-10-27", "2024-04-26", "2024-11-01"],  # at midnight
    "Pacific/Chatham": ["2025-04-06", "2025-09-28"],  # 02:45, 03:45
    "Pacific/Apia": ["2011-12-30", "2011-09-24", "2012-04-01"],  # a day that never was
    "America/St_Johns": ["2006-10-29", "2007-03-11", "2025-03-09"],  # at 00:01
    "Africa/Casablanca": ["2025-02-23", "2025-04-06"],
    "America/Santiago": ["2025-04-06", "2025-09-07"],  # at 24:00
    "UTC": ["2024-02-29", "2025-12-31"],
}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def random_time(dice: Random, *, seconds: bool) -> str:
    if dice.random() < 0.25:  # near midnight and where clocks jump
        return dice.choice(["00:00", "00:01", "01:00", "01:30", "02:00", "02:45", "03:00", "23:00"])
    text = f"{dice.randrange(24):02}:{dice.randrange(60):02}"
    return f"{text}:{dice.randrange(60):02}" if seconds and dice.random() < 0.7 else text


def random_rows(dice: Random, *, seconds: bool = False) -> list[list[str]]:
    """None to three rows: overnight, overlapping and touching ones as they fall."""
    rows = []
    for _ in range(dice.choice([0, 1, 1, 2, 3])):
        start = random_time(dice, seconds=seconds)
        end = "24:00" if dice.random() < 0.15 else random_time(dice, seconds=seconds)
        rows.append([start, end])
    if dice.random() < 0.1:
        rows.append(["00:00", "24:00"])
    return rows


def random_spec(dice: Random, *, seconds: bool = False) -> tuple[dict, datetime, datetime]:
    """A calendar, and the days worth looking at."""
    zone = dice.choice(list(CLOCK_CHANGES))
    change = datetime.fromisoformat(dice.choice(CLOCK_CHANGES[zone])).replace(tzinfo=UTC)
    days = [change + timedelta(days=n) for n in range(-4, 5)]
    spec = {
        "tz": zone,
        "weekly": {
            name: random_rows(dice, seconds=seconds) for name in WEEKDAYS if dice.random() < 0.85
        },
        "holidays": [f"{day:%Y-%m-%d}" for day in days if dice.random() < 0.12],
        "exceptions": {
            f"{day:%Y-%m-%d}": random_rows(dice, seconds=seconds)
            for day in days
            if dice.random() < 0.12
        },
        "breaks": [
            _random_break(dice, days, seconds=seconds) for _ in range(dice.choice([0, 0, 1, 2]))
        ],
    }
    if seconds:  # stepping by seconds: one day and a half around the change
        return spec, change - timedelta(hours=12), change + timedelta(hours=24)
    return spec, change - timedelta(days=3), change + timedelta(days=4)


def _random_break(dice: Random, days: list[datetime], *, seconds: bool) -> list[str]:
    while True:
        start, end = sorted(
            f"{dice.choice(days):%Y-%m-%d}T{random_time(dice, seconds=seconds)}" for _ in range(2)
        )
        if start.ljust(19, ":").replace("::", ":00") < end.ljust(19, ":").replace("::", ":00"):
            return [start, end]
