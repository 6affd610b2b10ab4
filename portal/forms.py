"""What customers type."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from tickets.models import Service
from tickets.uploads import AttachmentsField

HURRY_SECONDS = 3
PATIENCE_SECONDS = 24 * 3600
_clock = signing.TimestampSigner(salt="portal.form")


class RequestForm(forms.Form):
    """A new request of somebody we know."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), empty_label=None
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("What is it about?"), required=False
    )
    subject = forms.CharField(label=_("Subject"), max_length=255)
    message = forms.CharField(
        label=_("Message"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    attachments = AttachmentsField(label=_("Files"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.filter(archived_at=None, is_portal_visible=True)
        services = Service.objects.filter(archived_at=None, is_portal_visible=True)
        for name, rows in (("department", departments), ("service", services)):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows


class PublicForm(RequestForm):
    """A new request of anybody; bots fall for the trap or are too fast (X-05)."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    consent = forms.BooleanField(
        label=_("You may use what I write to answer me."),
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("name", "email", "department", "service", "subject", "message", "attachments")

    def clean(self) -> dict[str, Any]:
        """A trap that shuts says only “once more”: a person loses nothing by it."""
        facts = super().clean() or {}
        if facts.get("website") or not _is_unhurried(facts.get("shown", "")):
            raise forms.ValidationError(gettext("Please read it over and send it once more."))
        return facts

    @staticmethod
    def stamp() -> str:
        """When the form was shown, signed."""
        return _clock.sign("shown")


class AnswerForm(forms.Form):
    """Something to add to a request."""

    message = forms.CharField(
        label=_("Add something"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    attachments = AttachmentsField(label=_("Files"), required=False)


class ProfileForm(forms.ModelForm):
    """What customers set about themselves."""

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme"]
        labels = {
            "name": _("Name"),
            "language": _("Language"),
            "time_zone": _("Time zone"),
            "theme": _("Theme"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name) for name in sorted(available_timezones()) if "/" in name]
        self.fields["time_zone"].widget = forms.Select(
            choices=[("", gettext("Like the server")), *zones]
        )
        self.fields["language"].widget = forms.Select(
            choices=[("", gettext("Like the browser")), *settings.LANGUAGES]
        )


def _is_unhurried(stamp: str) -> bool:
    try:
        _clock.unsign(stamp, max_age=PATIENCE_SECONDS)
    except signing.BadSignature:
        return False
    try:
        _clock.unsign(stamp, max_age=HURRY_SECONDS)
    except signing.SignatureExpired:
        return True
    return False
