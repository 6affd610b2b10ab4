"""What people can be told about: kinds of notices, registered by the apps that send them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.registries import Registry

APP, MAIL, SLACK, SMS, PAGERDUTY = "app", "mail", "slack", "sms", "pagerduty"
# Where a person is reached besides the list in the application, in the order of the matrix.
CHANNELS: dict[str, Any] = {
    MAIL: _("Mail"),
    SLACK: _("Slack"),
    SMS: _("SMS"),
    PAGERDUTY: _("PagerDuty"),
}


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice; `channels` are used for people who have not chosen their own."""

    key: str
    label: Any
    channels: tuple[str, ...] = ()
    group: Any = ""


notice_kinds: Registry[NoticeKind] = Registry("notice_kinds")


def kind_of(key: str) -> NoticeKind:
    """The kind registered under `key`. Raises ValueError for an unknown one."""
    if key not in notice_kinds:
        raise ValueError(f"no kind of notice is called {key}")
    return notice_kinds[key]
