"""Which announcements stand now, and the pages that write them (`/admin/announcements`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.crud import ManagedTable
from core.memo import remembered
from notifications.models import Announcement

MAX_SHOWN = 5
_LOOKS = {
    Announcement.Severity.NEWS: ("megaphone", ""),
    Announcement.Severity.WARNING: ("triangle-alert", "banner--warn"),
    Announcement.Severity.OUTAGE: ("octagon-x", "banner--danger"),
}


@dataclass(frozen=True)
class Banner:
    """An announcement as a page shows it."""

    text: str
    word: str
    icon: str
    css: str


def for_staff(now: datetime) -> list[Banner]:
    """What staff should know now, the gravest first."""
    return _banners(Announcement.Audience.STAFF, now)


def for_customers(now: datetime) -> list[Banner]:
    """What customers should know now, the gravest first."""
    return _banners(Announcement.Audience.CUSTOMERS, now)


@remembered(seconds=10)
def _written() -> list[Announcement]:
    """All but those that were over long ago; start pages ask all day."""
    return list(Announcement.objects.standing_or_to_come(clock.now()))


def _banners(audience: str, now: datetime) -> list[Banner]:
    meant = {audience, Announcement.Audience.BOTH}
    found = [row for row in _written() if row.audience in meant and row.stands(now)]
    return [
        Banner(row.text, row.get_severity_display(), *_LOOKS[Announcement.Severity(row.severity)])
        for row in found[:MAX_SHOWN]
    ]


def _forget(_row: Announcement, *, actor: Any, now: datetime) -> None:
    _written.forget()


class AnnouncementForm(forms.ModelForm):
    """The text, who reads it, how grave it is, from when to when."""

    class Meta:
        model = Announcement
        fields = ["text", "audience", "severity", "starts_at", "ends_at"]
        labels = {
            "text": _("Text"),
            "audience": _("For"),
            "severity": _("Kind"),
            "starts_at": _("From"),
            "ends_at": _("Until"),
        }
        help_texts = {
            "text": _("One or two plain sentences."),
            "ends_at": _("Empty: until you end it."),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            **{
                name: forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
                for name in ("starts_at", "ends_at")
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("starts_at", timezone.localtime())

    def clean(self) -> dict[str, Any]:
        """It ends after it begins. Raises ValidationError at the field otherwise."""
        facts = super().clean() or {}
        starts_at, ends_at = facts.get("starts_at"), facts.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", ValidationError(gettext("Choose a time after the start.")))
        return facts


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""


announcements = ManagedTable(
    model=Announcement,
    form_class=AnnouncementForm,
    url_prefix="admin/announcements",
    url_name="announcements",
    title=_("Announcements"),
    purpose=_("What everybody should know for a while: on the start pages of those it is for."),
    add_label=_("Add announcement"),
    on_saved=_forget,
    on_rearranged=_forget,
    columns=[
        (_("Text"), lambda row: row.text),
        (_("For"), lambda row: row.get_audience_display()),
        (_("Kind"), lambda row: row.get_severity_display()),
        (_("From"), lambda row: _moment(row.starts_at)),
        (_("Until"), lambda row: _moment(row.ends_at)),
    ],
)
