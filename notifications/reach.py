"""Through which service a person is reached, or why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from notifications.kinds import CHANNELS, MAIL, PAGERDUTY, SLACK, SMS
from notifications.models import Endpoint

BOT = "bot"
SERVED = frozenset([SLACK, SMS, PAGERDUTY])


@dataclass(frozen=True)
class Reach:
    """The first enabled service of each kind that serves people; a Slack hook serves a channel."""

    endpoints: dict[str, Endpoint]

    def endpoint(self, channel: str) -> Endpoint | None:
        """The service behind a channel; None for mail, and for one that is not set up."""
        return self.endpoints.get(channel)

    def obstacle(self, user: User, channel: str) -> str:
        """Why this person can't be reached over `channel`, in words; empty when they can."""
        if channel == SMS and not user.phone:
            return _("There is no phone number in the profile.")
        if channel == SMS and not user.takes_sms:
            return _("Text messages were ended by STOP.")
        if channel != MAIL and channel not in self.endpoints:
            return _("%(channel)s is not set up.") % {"channel": CHANNELS[channel]}
        return ""


def current_reach(channels: Iterable[str] = SERVED) -> Reach:
    """What is set up now for these channels; one statement, none when mail is enough."""
    kinds = SERVED.intersection(channels)
    if not kinds:
        return Reach({})
    found: dict[str, Endpoint] = {}
    rows = Endpoint.objects.active().filter(kind__in=kinds).order_by("pk")
    for row in rows:
        if row.kind != SLACK or row.settings.get("speaks_as") == BOT:
            found.setdefault(row.kind, row)
    return Reach(found)
