"""What the send button offers besides sending: another status, a rest, a later time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from desk.head import Choice, snooze_choices
from desk.message_forms import KEEP
from tickets import vocabulary
from tickets.marks import status_badge
from tickets.models import Status
from tickets.models.vocabulary import Kind

MORNING = time(9)
MONDAY = 7


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


def send_menu(user: User, typed: Mapping[str, str], *, now: datetime) -> SendMenu:
    """The menu with what was `typed` into the refused form."""
    after, *others = _after_choices()
    return SendMenu(
        after=after,
        after_others=others,
        after_send=_after_send_choices(user),
        holds=_holds(typed),
        later=_later_choices(now),
        picked=typed.get("send_at_picked", ""),
        again=_again(typed, after),
    )


def _after_choices() -> list[AfterChoice]:
    """The default first (R20); nobody leaves a customer new or escalated after a reply."""
    default = vocabulary.status_after_reply()
    others = [
        status
        for status in vocabulary.statuses()
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


def _later_choices(now: datetime) -> list[Choice]:
    """Mornings to come, in the reader's zone; weekends lead to Monday."""
    today = timezone.localtime(now).date()
    days = [today + timedelta(days=1), today + timedelta(days=MONDAY - today.weekday())]
    here = timezone.get_current_timezone()
    moments = [datetime.combine(day, MORNING, tzinfo=here) for day in dict.fromkeys(days)]
    return [
        Choice(moment.isoformat(), date_format(moment, "l, j F, H:i"), is_chosen=False)
        for moment in moments
    ]


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
