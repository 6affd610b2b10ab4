"""The devices somebody is signed in on, in words people know them by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from accounts.models import User

# Looked for in this order: most browsers claim to be others, too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """One signed-in browser."""

    pk: int
    name: str
    address: str
    since: datetime
    is_here: bool


def of(user: User, *, here: str) -> list[Device]:
    """The devices of a person, the one that asks first, then the latest."""
    rows = UserSession.objects.purge_and_list(user)
    found = [
        Device(row.pk, name_of(row.user_agent), row.ip, row.created_at, row.session_key == here)
        for row in rows
    ]
    return sorted(found, key=lambda device: (not device.is_here, -device.since.timestamp()))


def name_of(user_agent: str) -> str:
    """Such as Firefox on Windows; what is not known is called so."""
    browser = _first(_BROWSERS, user_agent) or _("A browser")
    system = _first(_SYSTEMS, user_agent)
    if not system:
        return browser
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for sign, name in names if sign in text), "")
