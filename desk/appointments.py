"""Appointments as lines: those of one ticket, of a day, and the list of all (A-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.keyset import Order, page_of
from core.moments import day_time
from desk.links import appointments_url, ticket_url
from tickets.models import Appointment

MINE, ALL = "mine", "all"
DAY, COMING, PAST = "day", "coming", "past"
SHOWS = (DAY, COMING, PAST)
WEEK = 7
MOST = 500
_COMING = Order(("starts_at", "id"))
_PAST = Order(("starts_at", "id"), is_descending=True)
_TONES = {Appointment.State.FINISHED: "ok", Appointment.State.CANCELLED: ""}


@dataclass(frozen=True, kw_only=True)
class AppointmentLine:
    """One appointment with its addresses; only a planned one may be changed."""

    title: str
    when: str
    customer_when: str
    place: str
    place_url: str
    responsible: SafeString
    responsible_name: str
    state: str
    tone: str
    outcome: str
    is_planned: bool
    is_late: bool
    url: str
    number: str
    subject: str
    ticket_url: str


@dataclass(frozen=True, kw_only=True)
class WeekDay:
    """A day of the strip with what is on it."""

    name: str
    number: str
    words: str
    url: str
    count: SafeString | str
    is_current: bool
    is_today: bool


@dataclass(frozen=True, kw_only=True)
class AppointmentPage:
    """The page as its template prints it."""

    title: str
    lines: list[AppointmentLine]
    tabs: list[tuple[str, str, bool]]
    people: list[tuple[str, str, bool]]
    days: list[WeekDay]
    earlier_url: str = ""
    later_url: str = ""
    previous_url: str = ""
    next_url: str = ""


def appointment_page(user: User, asked: QueryDict, *, now: datetime) -> AppointmentPage:
    """A day with its week, or the list of what comes or has been, as the query string asks."""
    show = asked.get("show") if asked.get("show") in SHOWS else DAY
    whose = ALL if asked.get("whose") == ALL else MINE
    rows = Appointment.objects.visible_to(user).select_related("ticket", "responsible")
    if whose == MINE:
        rows = rows.filter(responsible=user.pk)
    links = {
        "tabs": [
            (words, appointments_url(show=key, whose=whose), key == show)
            for key, words in ((DAY, _("Day")), (COMING, _("Coming")), (PAST, _("Past")))
        ],
        "people": [
            (words, appointments_url(show=str(show), whose=key), key == whose)
            for key, words in ((MINE, _("Mine")), (ALL, _("All")))
        ],
    }
    if show == DAY:
        return _day(rows, _asked_day(asked, now), whose=whose, now=now, links=links)
    return _list(rows, asked, now=now, links=links)


def appointment_lines(
    rows: Iterable[Appointment], *, now: datetime, on: date | None = None
) -> list[AppointmentLine]:
    """Lines of appointments that were read with ticket and responsible; below `on` as heading."""
    return [_line(row, now, on) for row in rows]


def today_of(user: User, *, now: datetime) -> list[AppointmentLine]:
    """What is planned for `user` today, what is over by the clock but not finished included."""
    start, end = _bounds(timezone.localtime(now).date(), days=1)
    rows = Appointment.objects.planned().visible_to(user).filter(responsible=user.pk)
    found = rows.within(start, end).select_related("ticket", "responsible").order_by("starts_at")
    return appointment_lines(found, now=now, on=timezone.localtime(now).date())


def _day(
    rows: Any, day: date, *, whose: str, now: datetime, links: dict[str, Any]
) -> AppointmentPage:
    monday = day - timedelta(days=day.weekday())
    start, end = _bounds(monday, days=WEEK)
    week = list(rows.within(start, end).order_by("starts_at", "pk")[:MOST])
    counts = Counter(timezone.localtime(row.starts_at).date() for row in week if row.is_planned)
    first, last = _bounds(day, days=1)
    shown = [row for row in week if row.starts_at < last and row.ends_at > first]
    strip = [monday + timedelta(days=number) for number in range(WEEK)]
    today = timezone.localtime(now).date()
    return AppointmentPage(
        title=date_format(day, "l j F Y"),
        lines=appointment_lines(shown, now=now, on=day),
        days=[
            WeekDay(
                name=date_format(one, "D"),
                number=date_format(one, "j"),
                words=date_format(one, "l j F"),
                url=appointments_url(day=one.isoformat(), whose=whose),
                count=ui.counter(counts[one], unit=_("planned")) if counts[one] else "",
                is_current=one == day,
                is_today=one == today,
            )
            for one in strip
        ],
        earlier_url=_week_url(day, -WEEK, whose),
        later_url=_week_url(day, WEEK, whose),
        **links,
    )


def _list(rows: Any, asked: QueryDict, *, now: datetime, links: dict[str, Any]) -> AppointmentPage:
    is_past = asked.get("show") == PAST
    if is_past:
        page = page_of(rows.exclude(pk__in=_coming_keys(rows, now)), _PAST, asked)
    else:
        page = page_of(rows.coming(now), _COMING, asked)
    query = {name: str(asked[name]) for name in ("show", "whose") if name in asked}
    return AppointmentPage(
        title=_("Past appointments") if is_past else _("Coming appointments"),
        lines=appointment_lines(page.rows, now=now),
        days=[],
        previous_url=appointments_url(**query, before=page.previous) if page.previous else "",
        next_url=appointments_url(**query, after=page.next) if page.next else "",
        **links,
    )


def _coming_keys(rows: Any, now: datetime) -> Any:
    return rows.coming(now).order_by().values("pk")


def _line(row: Appointment, now: datetime, on: date | None) -> AppointmentLine:
    base = ticket_url(row.ticket.number)
    name = row.responsible.display_name if row.responsible else ""
    is_link = row.place.startswith(("https://", "http://"))
    is_late = row.is_planned and row.ends_at <= now
    return AppointmentLine(
        title=row.title,
        when=_when(row, now, on),
        customer_when=_customer_when(row),
        place="" if is_link else row.place,
        place_url=row.place if is_link else "",
        responsible=ui.avatar(name, label=name),
        responsible_name=name,
        state="" if row.is_planned else str(row.get_state_display()),
        tone=_TONES.get(Appointment.State(row.state), ""),
        outcome=row.outcome,
        is_planned=row.is_planned,
        is_late=is_late,
        url=f"{base}/appointments/{row.pk}",
        number=f"#{row.ticket.number}",
        subject=row.ticket.subject,
        ticket_url=base,
    )


def _when(row: Appointment, now: datetime, on: date | None) -> str:
    """From when to when; the day too, unless it stands above."""
    day, times = (
        timezone.localtime(row.starts_at).date(),
        (_clock(row.starts_at), _clock(row.ends_at)),
    )
    if day == on:
        return "–".join(times)
    if day == timezone.localtime(now).date():
        return _("%(start)s–%(end)s today") % {"start": times[0], "end": times[1]}
    return f"{day_time(row.starts_at, now=now)}–{times[1]}"


def _customer_when(row: Appointment) -> str:
    """The customer's wall clock, where it shows something else than the reader's."""
    theirs, mine = row.starts_at.astimezone(row.zone), timezone.localtime(row.starts_at)
    if theirs.replace(tzinfo=None) == mine.replace(tzinfo=None):
        return ""
    city = row.customer_zone.rpartition("/")[2].replace("_", " ")
    form = "H:i" if theirs.date() == mine.date() else "D H:i"
    return f"{date_format(theirs, form)}, {city}"


def _clock(moment: datetime) -> str:
    return time_format(timezone.localtime(moment), "H:i")


def _asked_day(asked: QueryDict, now: datetime) -> date:
    today = timezone.localtime(now).date()
    try:
        day = date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return today
    # Far ones overflow the arithmetic of a week around them.
    return day if abs(day.year - today.year) <= MOST else today


def _bounds(day: date, *, days: int) -> tuple[datetime, datetime]:
    """From midnight to midnight on the reader's wall."""
    zone = timezone.get_current_timezone()
    last = day + timedelta(days=days)
    return datetime.combine(day, time.min, zone), datetime.combine(last, time.min, zone)


def _week_url(day: date, days: int, whose: str) -> str:
    return appointments_url(day=(day + timedelta(days=days)).isoformat(), whose=whose)
