"""What the send button offers besides sending: another status, a rest, a later time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _

from accounts.models import User
from calendars.engine import Calendar
from desk.head import Choice, snooze_choices
from desk.message_forms import KEEP
from tickets import vocabulary
from tickets.marks import status_badge
from tickets.models import Status
from tickets.models.vocabulary import Kind

MORNING = time(9)
MONDAY = 7
AROUND, AHEAD = timedelta(days=1), timedelta(days=21)


@dataclass(frozen=True)
class AfterChoice:
    """A status to set after sending."""

    value: str
    badge: SafeString | str
    words: str
    shortcut: str


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A status the ticket rests in until a time, and why; what was typed comes back."""

    badge: SafeString
    choices: list[Choice]
    reason: str
    until: str


@dataclass(frozen=True)
class Again:
    """The button that sends what was refused once more."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SendMenu:
    """The send button and all that its menu offers; `again` sends once more what was refused."""

    after: AfterChoice
    after_others: list[AfterChoice]
    after_send: list[Choice]
    holds: list[Hold]
    later: list[Choice]
    picked: str
    again: Again


def send_menu(
    user: User,
    typed: Mapping[str, str],
    *,
    hours: Calendar | None,
    suggested: Status | None,
    now: datetime,
) -> SendMenu:
    """The menu with what was `typed` into the refused form.

    `hours` are the department's, `suggested` is the status of the text just inserted.
    """
    after, *others = _after_choices(suggested)
    return SendMenu(
        after=after,
        after_others=others,
        after_send=_after_send_choices(user),
        holds=_holds(typed),
        later=_later_choices(hours, now),
        picked=typed.get("send_at_picked", ""),
        again=_again(typed, after),
    )


def _after_choices(suggested: Status | None) -> list[AfterChoice]:
    """The default first (R20); nobody leaves a customer new or escalated after a reply."""
    known = vocabulary.statuses()
    default = suggested if suggested and suggested in known else vocabulary.status_after_reply()
    others = [
        status
        for status in known
        if status != default and status.kind not in {Kind.NEW, Kind.ESCALATED}
    ]
    keep = AfterChoice(KEEP, "", _("Keep the status"), "")
    closing = vocabulary.default_status(Kind.CLOSED)
    return [
        AfterChoice(
            str(default.pk), "", _("Send · %(status)s") % {"status": default.name}, "default"
        ),
        *(_after_choice(status, is_closing=status == closing) for status in others),
        keep,
    ]


def _holds(typed: Mapping[str, str]) -> list[Hold]:
    """Resting asks until when and why (screens.md A-4); nothing when no status rests."""
    status = vocabulary.default_status(Kind.WAITING_THIRD_PARTY)
    return [
        Hold(
            badge=status_badge(status),
            choices=snooze_choices(),
            reason=typed.get("hold_reason", ""),
            until=typed.get("hold_until", ""),
        )
    ]


def _later_choices(hours: Calendar | None, now: datetime) -> list[Choice]:
    """When the department opens next, and when it does from Monday on, in the reader's zone."""
    moments = _openings(hours, now) if hours else []
    return [
        Choice(moment.isoformat(), date_format(localtime(moment), "l, j F, H:i"), is_chosen=False)
        for moment in dict.fromkeys(moments or _mornings(now))
    ]


def _openings(hours: Calendar, now: datetime) -> list[datetime]:
    """The first opening of each day counts: after a lunch break nobody starts to read."""
    first_of: dict[date, datetime] = {}
    for opens, _closes in hours.openings(now - AROUND, now + AHEAD):
        first_of.setdefault(opens.astimezone(hours.zone).date(), opens)
    coming = [(day, opens) for day, opens in first_of.items() if opens > now]
    monday = _next_monday(now.astimezone(hours.zone).date())
    return [opens for _day, opens in coming[:1]] + [
        opens for day, opens in coming if day >= monday
    ][:1]


def _mornings(now: datetime) -> list[datetime]:
    """Where nobody ever closes: mornings to come; weekends lead to Monday."""
    today, here = localtime(now).date(), get_current_timezone()
    days = [today + timedelta(days=1), _next_monday(today)]
    return [datetime.combine(day, MORNING, tzinfo=here) for day in days]


def _next_monday(today: date) -> date:
    return today + timedelta(days=MONDAY - today.weekday())


def _after_send_choices(user: User) -> list[Choice]:
    """Where to go after sending; the agent's own preference is chosen."""
    return [
        Choice(value, str(label), is_chosen=value == user.after_send)
        for value, label in User.AfterSend.choices
    ]


def _after_choice(status: Status, *, is_closing: bool) -> AfterChoice:
    return AfterChoice(
        str(status.pk),
        status_badge(status),
        _("Send and set this status"),
        "close" if is_closing else "",
    )


def _again(typed: Mapping[str, str], default: AfterChoice) -> Again:
    """Whatever button was pressed first."""
    for name in ("send_at", "hold", "status_after"):
        if value := typed.get(name):
            return Again(name, value)
    return Again("status_after", default.value)
