"""What customers type."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.mailboxes import is_our_own
from accounts.models import User
from core import clock
from core.text import clean_line, clean_text
from mailpipe.addresses import canonical
from portal import traps
from portal.topics import departments_offered, topics_offered
from tickets.custom_fields.opening import AskingForm
from tickets.forms import LineField, RowField
from tickets.uploads import AttachmentsField

MESSAGE_LIMIT = 100_000


class MessageField(forms.CharField):
    """A text of many lines; nothing but spaces is nothing."""

    widget = forms.Textarea

    def __init__(self, *, rows: int, **options: Any) -> None:
        super().__init__(max_length=MESSAGE_LIMIT, widget=forms.Textarea({"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        # Django's own cleaning refuses NUL with a sentence nobody understands.
        return clean_text(super().to_python(value) or "").strip()


class RequestForm(AskingForm, forms.Form):
    """A new request of somebody we know."""

    department = RowField(rows=departments_offered, label=_("Department"))
    topic = RowField(
        rows=topics_offered,
        empty=_("I am not sure"),
        label=_("What is it about?"),
        required=False,
    )
    subject = LineField(label=_("Subject"), max_length=200)
    message = MessageField(rows=8, label=_("Message"))
    attachments = AttachmentsField(label=_("Files"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if len(departments_offered()) == 1:
            # Nothing to choose: not asked (3.3.7).
            self.fields["department"].widget = forms.HiddenInput()
        if not topics_offered():
            del self.fields["topic"]
        self.ask(service="topic", url=reverse("portal:request_fields"), is_for_customers=True)

    def facts(self) -> dict[str, Any]:
        """What was said, answers to the company's own fields apart. Of a valid form only."""
        return {**self.cleaned_data, "answers": self.answers()}


class ContactForm(RequestForm):
    """A new request of anybody; programs fall for the hidden field or are too fast (X-05)."""

    name = LineField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We answer to this address."),
    )
    consent = forms.BooleanField(
        label=_("You may use what I write here to answer me"),
        error_messages={"required": _("Tick this, so that we may answer you.")},
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    shown_at = forms.CharField(required=False, widget=forms.HiddenInput())

    field_order = ("name", "email", "department", "topic", "subject", "message", "attachments")

    def clean_email(self) -> str:
        """The one form addresses are compared by; nobody writes as one of us (X-04)."""
        email = canonical(self.cleaned_data["email"])
        if is_our_own(email):
            raise ValidationError(gettext("Use your own address, not one of ours."))
        return email

    def clean(self) -> dict[str, Any]:
        """A trap that shuts says only “once more”: a person loses nothing by it."""
        facts = super().clean() or {}
        now = clock.now()
        if self.errors:
            return facts
        if facts.get("website"):
            self._renew("website", "")
            raise ValidationError(gettext("Please leave the hidden field empty and send again."))
        if not traps.is_genuine(facts.get("shown_at", ""), now=now):
            self._renew("shown_at", traps.stamp(now=now))
            raise ValidationError(gettext("This page was open for long. Please send it again."))
        if traps.is_hasty(facts["shown_at"], now=now):
            raise ValidationError(gettext("That was very fast. Please look it over, then send."))
        return facts

    def _renew(self, name: str, value: str) -> None:
        """Show another value than the posted one when the form comes back."""
        changed = cast(QueryDict, self.data).copy()
        changed[name] = value
        self.data = changed


class AnswerForm(forms.Form):
    """Something to add to a request."""

    message = MessageField(rows=5, label=_("Add something"))
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
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zones = [(name, name) for name in sorted(available_timezones()) if "/" in name]
        self.fields["time_zone"].widget = forms.Select(
            choices=[("", gettext("Like the server")), *zones]
        )
        self.fields["language"].widget = forms.Select(
            choices=[("", gettext("Like the browser")), *settings.LANGUAGES]
        )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 120)


def fresh_contact(now: datetime, initial: dict[str, Any]) -> ContactForm:
    """An empty contact form, stamped with the time it is shown at."""
    return ContactForm(initial=initial | {"shown_at": traps.stamp(now=now)})
