"""What the portal adds to the shell: its links for this reader, and what stands at the foot."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calendars.words import house_hours
from core import options
from core.registries import NavItem, audit_labels, nav, shell_facts
from portal.viewing import viewing_of


@dataclass(frozen=True)
class PortalLink:
    """One link at the head or foot of the portal; wide ones are hidden on phones."""

    label: str
    url: str
    is_wide: bool = False
    is_current: bool = False


def portal_links(request: HttpRequest) -> list[PortalLink]:
    """Customers find their requests, everybody the form; staff have the desk."""
    user = request.user
    is_staff = getattr(user, "is_staff", False) and viewing_of(request) is None
    if not options.value("portal.enabled") or is_staff:
        return []
    if not user.is_authenticated:
        return [_link(request, _("Submit a request"), "portal:contact", wide=True)]
    return [
        _link(request, _("Submit a request"), "portal:open_request", wide=True),
        _link(request, _("My requests"), "portal:requests", wide=False),
    ]


def foot_links(_request: HttpRequest) -> list[PortalLink]:
    """Privacy and imprint, where managers gave their addresses."""
    wanted = (
        (_("Privacy"), options.value("portal.privacy_url")),
        (_("Imprint"), options.value("portal.imprint_url")),
    )
    return [PortalLink(label, url) for label, url in wanted if is_web_address(url)]


def is_web_address(url: str) -> bool:
    """http and https only, whatever was typed into the option."""
    return url.startswith(("https://", "http://"))


def privacy_url(_request: HttpRequest) -> str:
    """Where it stands what happens to personal texts; empty without an address."""
    url: str = options.value("portal.privacy_url")
    return url if is_web_address(url) else ""


def portal_url(_request: HttpRequest) -> str:
    """Where the desk's link to the portal leads; empty while it is closed."""
    return reverse("portal:home") if options.value("portal.enabled") else ""


def viewed_customer(request: HttpRequest) -> str:
    """Through whose eyes a colleague looks on; empty for everybody else."""
    viewing = viewing_of(request)
    return viewing.customer.display_name if viewing else ""


def opening_hours(_request: HttpRequest) -> str:
    """The words a manager wrote, else those of the default calendar (R51)."""
    written: str = options.value("portal.hours")
    if written:
        return written
    hours = house_hours()
    return _("We are open: %(hours)s") % {"hours": hours} if hours else ""


def _link(request: HttpRequest, label: str, url_name: str, *, wide: bool) -> PortalLink:
    url = reverse(url_name)
    return PortalLink(label, url, wide, request.path == url)


shell_facts.register("portal_links", portal_links)
shell_facts.register("portal_foot", foot_links)
shell_facts.register("portal_privacy", privacy_url)
shell_facts.register("portal_url", portal_url)
shell_facts.register("portal_hours", opening_hours)
shell_facts.register("portal_viewed", viewed_customer)
audit_labels.register("viewed_as", gettext_lazy("saw the portal as"))
audit_labels.register("viewing_ended", gettext_lazy("ended to see the portal as"))
nav.register(
    "portal_settings",
    NavItem(
        gettext_lazy("Portal"),
        "portal_settings",
        "globe",
        permission="settings.change",
        place="settings",
        group=gettext_lazy("Customers"),
        order=80,
    ),
)
