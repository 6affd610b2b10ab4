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


def after_choices() -> list[AfterChoice]:
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


def holds(typed: Mapping[str, str]) -> list[Hold]:
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


def later_choices(now: datetime) -> list[Choice]:
    """Mornings to come, in the reader's zone; weekends lead to Monday."""
    today = timezone.localtime(now).date()
    days = [today + timedelta(days=1), today + timedelta(days=MONDAY - today.weekday())]
    here = timezone.get_current_timezone()
    moments = [datetime.combine(day, MORNING, tzinfo=here) for day in dict.fromkeys(days)]
    return [
        Choice(moment.isoformat(), date_format(moment, "l, j F, H:i"), is_chosen=False)
        for moment in moments
    ]


def after_send_choices(user: User) -> list[Choice]:
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
