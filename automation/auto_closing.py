"""Closing by inactivity in two stages: a warning to the customer, and the closing (R173)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from automation.models import TimedFiring
from automation.timed_triggers import Span
from mailpipe.models import OutgoingMail
from tickets.models import Message

EFFECT: Final = "close_with_cause"
WARN, CLOSE = "warn", "close"
CAUSE: Final = "inactivity"
LOOK_AGAIN: Final = timedelta(hours=1)
_SHORTEST: Final = timedelta(days=2)

Effects = Iterable[Mapping[str, Any]]


def closing_of(effects: Effects) -> Mapping[str, Any] | None:
    """The effect that closes by inactivity, if a rule has it."""
    return next((one for one in effects if one["effect"] == EFFECT), None)


def is_closing(effects: Effects) -> bool:
    return closing_of(effects) is not None


def warn_days(effects: Effects) -> int:
    """How many days before the closing the customer is warned; 0: not at all."""
    closing = closing_of(effects)
    return int(closing.get("warn_days", 0)) if closing else 0


def stage_of(effects: Effects, firing: TimedFiring) -> str:
    """What a firing is for; empty for rules that close nothing with a warning.

    Who has no mail address cannot be warned, and is closed at the same time as everybody else.
    """
    if not warn_days(effects):
        return ""
    if firing.warning is None and firing.ticket.customer.email:
        return WARN
    return CLOSE


def effects_of(stage: str) -> frozenset[str] | None:
    """A warning is all that happens at its time; None: everything the rule says."""
    return frozenset([EFFECT]) if stage == WARN else None


def next_stage_at(effects: Effects, stage: str, *, now: datetime) -> datetime | None:
    """When the closing may follow a warning."""
    return now + timedelta(days=warn_days(effects)) if stage == WARN else None


def waits_until(effects: Effects, firing: TimedFiring, *, now: datetime) -> datetime | None:
    """When to look again at a closing whose warning has not been out long enough."""
    days = timedelta(days=warn_days(effects))
    if not days or firing.warning is None:
        return None
    if firing.warning.delivery_state != Message.DeliveryState.SENT:
        return now + LOOK_AGAIN
    ends = _left_at(firing.warning) + days
    return ends if ends > now else None


def close_too_soon(trigger: str, args: Mapping[str, Any], effects: Effects) -> str:
    """What to say about a rule that closes within a day or so, unless confirmed; else nothing."""
    if trigger != "inactive_for" or not is_closing(effects):
        return ""
    if timedelta(seconds=Span.of(args).seconds) >= _SHORTEST:
        return ""
    return _(
        "Customers are annoyed by tickets that close while they are away: after less than two days "
        "many come back as new tickets. Seven days have proved reasonable."
    )


def warn_too_soon(args: Mapping[str, Any], effects: Effects) -> str:
    """Why a warning before the silence even began is refused; else nothing."""
    days = timedelta(days=warn_days(effects))
    if not days or days < timedelta(seconds=Span.of(args).seconds):
        return ""
    return _("Warn fewer days before: the warning would come with the last message.")


def _left_at(warning: Message) -> datetime:
    mails = OutgoingMail.objects.filter(message=warning, sent_at__isnull=False)
    left = mails.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return left or warning.created_at
