"""Connections to other systems and files of records, as people type them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.secret_field import SecretField
from customers.actions.connections import ConnectionFacts
from customers.connectors.erpnext import TRACKING
from customers.models import CrmConnection
from customers.record_csv import COLUMNS, MAX_BYTES, NEEDED

MIN_TOKEN = 16  # of a shorter one nothing is shown


def _field_name(label: Any) -> forms.CharField:
    return forms.RegexField(
        r"^[a-z][a-z0-9_]*$",
        label=label,
        required=False,
        max_length=80,
        error_messages={"invalid": _("Write the name of the field, such as custom_awb.")},
        help_text=_("The field of a Sales Order that holds it, such as custom_awb."),
    )


class ConnectionForm(forms.ModelForm):
    """Where a system is, what opens it, which of its fields tell of deliveries (R163)."""

    base_url = forms.URLField(label=_("Address"), max_length=300, assume_scheme="https")
    token = SecretField(
        label=_("API key and secret"), help_text=_("Key and secret of a user, parted by a colon.")
    )
    delivery_note = _field_name(_("Delivery note"))
    tracking_number = _field_name(_("Tracking number"))
    tracking_url = _field_name(_("Tracking link"))

    class Meta:
        model = CrmConnection
        fields = ["name", "kind", "base_url", "is_active"]
        labels = {
            "name": _("Name"),
            "kind": _("System"),
            "is_active": _("In use"),
        }

    field_order = ("name", "kind", "base_url", "token", *TRACKING, "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TRACKING:
            self.initial.setdefault(name, self.instance.mapping.get(name, ""))
        if self.instance.token_end:
            kept = gettext("It is set and ends with %(end)s. Leave it empty to keep it.")
            self.fields["token"].help_text = kept % {"end": self.instance.token_end}

    @property
    def facts(self) -> ConnectionFacts:
        """The connection as it is to be kept; for a valid form."""
        clean = self.cleaned_data
        plain = {name: clean[name] for name in ("name", "kind", "base_url", "is_active", "token")}
        mapping = {name: clean[name] for name in TRACKING if clean[name]}
        return ConnectionFacts(**plain, mapping=mapping)

    def clean_base_url(self) -> str:
        """An address on the web without names and passwords. Raises ValidationError."""
        address: str = self.cleaned_data["base_url"].rstrip("/")
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http") or parts.username or parts.query:
            raise ValidationError(gettext("Enter an address that begins with https://."))
        return address

    def clean_token(self) -> str:
        """Key and secret. Raises ValidationError."""
        token: str = self.cleaned_data["token"].strip()
        is_pair = token.isascii() and token.isprintable() and all(token.partition(":"))
        if token and (not is_pair or len(token) < MIN_TOKEN):
            raise ValidationError(gettext("Write the key, a colon and the secret."))
        return token

    def clean(self) -> dict[str, Any]:
        """A token is needed, and anew for another host: it must not be sent to whoever is named."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("token") or "token" in self.errors:
            return cleaned
        known = str(self.initial.get("base_url", "")) if self.instance.token_end else ""
        if _host(known) != _host(str(cleaned.get("base_url", ""))):
            self.add_error("token", gettext("Another address needs its token anew."))
        return cleaned


class UploadForm(forms.Form):
    """A CSV file of records."""

    file = forms.FileField(label=_("CSV file"), help_text=_("UTF-8, at most 5 MB."))

    def clean_file(self) -> str:
        """The text of the file. Raises ValidationError for one that is too large or no text."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise ValidationError(gettext("The file is larger than 5 MB."))
        try:
            text: str = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(gettext("The file is not UTF-8. Save it as CSV UTF-8.")) from None
        if "\x00" in text:
            raise ValidationError(gettext("This is no CSV file."))
        return text


class ColumnsForm(forms.Form):
    """Which column of a file is what."""

    def __init__(self, *args: Any, head: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in the file")), *((name, name) for name in head)]
        for name, label in COLUMNS.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, required=name in NEEDED
            )


def _host(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()
