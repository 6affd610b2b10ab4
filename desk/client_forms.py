"""Forms about customers: their facts, their addresses, two that are one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.models.user import validate_time_zone
from core.text import clean_line, clean_text
from customers.actions.arrivals import by_email
from customers.forms import DEDICATED_AGENT, MONTHLY_SPEND, AttributesField, staff_choice
from customers.models import Customer, CustomerAddress, Organisation, Tier
from tickets.forms import LineField


class CustomerForm(forms.Form):
    """What staff knows about a customer."""

    name = LineField(label=_("Name"), max_length=160, required=False)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.all(), required=False
    )
    tier = forms.ModelChoiceField(label=_("Tier"), queryset=Tier.objects.all(), required=False)
    is_vip = forms.BooleanField(label=_("VIP"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=64,
        validators=[validate_time_zone],
        help_text=_("Such as Europe/Berlin."),
    )
    role = LineField(
        label=_("Role"),
        max_length=60,
        required=False,
        help_text=_("What they are in their organisation, such as Administrator."),
    )
    monthly_spend = forms.DecimalField(
        label=MONTHLY_SPEND,
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("Empty: what the organisation pays."),
    )
    dedicated_agent = staff_choice(
        label=DEDICATED_AGENT, help_text=_("Takes their requests. Empty: the organisation's.")
    )
    attributes = AttributesField()
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Only staff sees them."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        languages = [("", _("Not known")), *settings.LANGUAGES]
        current = self.initial.get("language", "")
        if current and current not in dict(settings.LANGUAGES):
            languages.append((current, current))
        self.fields["language"].choices = languages  # type: ignore[attr-defined] # a ChoiceField


class NewCustomerForm(forms.Form):
    """Somebody staff enters by hand."""

    name = LineField(label=_("Name"), max_length=160)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    phone = LineField(label=_("Phone"), required=False, max_length=40)

    def clean_email(self) -> str:
        """The address. Raises ValidationError when somebody has it already."""
        email: str = self.cleaned_data["email"].lower()
        if email and by_email(email) is not None:
            raise ValidationError(_("A customer with this address exists already."))
        return email


class AddressForm(forms.Form):
    """A further way to reach a customer."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerAddress.Kind.choices)
    value = LineField(label=_("Address"), max_length=254)

    def clean(self) -> dict[str, Any]:
        """Mail addresses are addresses, phones are digits."""
        cleaned = super().clean() or {}
        value = cleaned.get("value", "")
        if value and cleaned.get("kind") == CustomerAddress.Kind.EMAIL:
            cleaned["value"] = value.lower()
            try:
                validate_email(cleaned["value"])
            except ValidationError:
                self.add_error("value", _("Write an address such as name@example.com."))
        elif value and not any(sign.isdigit() for sign in value):
            self.add_error("value", _("Write a number such as +49 30 555 0142."))
        return cleaned


class MergeForm(forms.Form):
    """The other row of the same person, by an address it has."""

    other = forms.CharField(
        label=_("E-mail or number of the other customer"),
        help_text=_("Its tickets, addresses and notes move here; then it is gone."),
    )

    def clean_other(self) -> Customer:
        """The other customer. Raises ValidationError when there is none."""
        text = clean_line(self.cleaned_data["other"], 254)
        found = by_email(text.lower()) or self._by_value(text)
        if found is None:
            raise ValidationError(_("No customer has this address."))
        return found

    def _by_value(self, text: str) -> Customer | None:
        rows = CustomerAddress.objects.select_related("customer").filter(value=text)
        row = rows.exclude(kind=CustomerAddress.Kind.EMAIL).first()
        return row.customer if row else None


class NoteForm(forms.Form):
    """What a colleague writes down about a customer."""

    text = forms.CharField(
        label=_("A note"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only staff sees them."),
    )

    def clean_text(self) -> str:
        """The text without controls. Raises ValidationError where nothing is left."""
        text = clean_text(self.cleaned_data["text"]).strip()
        if not text:
            raise ValidationError(_("Write something."))
        return text
